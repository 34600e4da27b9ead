"""What is remembered: SQL and nothing else."""
