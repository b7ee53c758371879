"""Networks to ONNX and back: its bytes, its operators, and what they are here."""
