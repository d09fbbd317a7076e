"""Speed and faults, measured. Every figure is a ratio of two things measured in one run, never a bare time."""
