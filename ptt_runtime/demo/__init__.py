"""Real trainings of tiny models: the demo, and what tests train.

The only part of the project that imports TRL; everything else meets a trainer through the
callback alone.
"""
