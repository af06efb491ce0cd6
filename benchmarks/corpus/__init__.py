"""Logs of the world, with what an expert says of them: what the packs find in each."""
