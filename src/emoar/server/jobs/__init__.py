"""Videos as jobs: their folders, their queue and the process that runs one job."""
