"""Video jobs: their folders, their queue and the process that runs one job."""
