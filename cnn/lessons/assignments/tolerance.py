"""How far an honest training may be from the same one done again on another machine.

Measured as `scripts/measure_replay.py` does, under instruction sets of oneDNN and with one to four
threads: docs/class.md has the table. On the machine that trained it all are 0.
"""

TIE = 1e-4
"""Two classes whose probabilities are no further apart may change places."""

LOSS = 1e-5
"""The loss of the same weights over the same images, as a share of one and it."""

FRESH = 1e-6
"""New weights from the same seed, as a share of the largest of an array."""

FIRST_STEPS = 3
FIRST_STEP_LOSS = 1e-4
"""After a checkpoint so many steps are done again; their losses, as a share of one and it."""

EPOCH_LOSS, EPOCH_IMAGES, EPOCH_WAY, EPOCH_MEMORY = 1e-3, 2.01, 0.01, 0.02
"""Of a whole epoch done again: its mean training loss (as a share of one and it), how many of its
images may be right or not by a tie, where its weights end (as a share of their own way), and what
the optimizer remembers (as a share of all of it).
"""

MOVED, SPREADS, ROOM = 1e-5, 3, 1.5
"""Some trainings carry a last digit far: with batch norm and a high rate, half of the way within an
epoch. So what is further is done again so many times from weights moved by so much, and may be so
many times as far as these are from each other. Measured: 1.2 times.
"""

WIDE_LOSS, WIDE_ACCURACY = 0.05, 0.03
"""Of such a training: its mean loss and accuracy, which were 0.0074 and 0.012 apart."""
