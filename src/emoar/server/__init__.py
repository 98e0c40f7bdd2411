"""The server: expressions over REST and a live socket.

    guard ──> routes ──> pool ──> worker processes, each with the pipeline
    (who may, how much)  (HTTP)   (bounded queue)   (pictures are decoded here, and nowhere else)

The process that speaks HTTP never decodes a picture and never runs a model: what a hostile file can break is one
worker, which is replaced. `docs/server.md` is for those who run it.
"""
