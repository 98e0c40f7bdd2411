"""What the pipeline computes from labelled faces: landmarks, aligned crops and model inputs."""
