"""Leaves out what Streamlit does at its start for others than us: it reads what each installed
package says of itself, as one might bring a component. Ours come with the app.
"""

from __future__ import annotations

from pathlib import Path

from streamlit.components.v2 import manifest_scanner


def look_for_no_components() -> None:
    """Has Streamlit find none in other packages."""
    manifest_scanner.scan_component_manifests = _none


def _none(max_workers: int | None = None) -> list[tuple[manifest_scanner.ComponentManifest, Path]]:
    del max_workers
    return []
