"""The server: expressions over REST and a live socket.

    run ──> app ──> http.middleware ──> routes ──> workers.pool ──> worker processes, each with the pipeline
                    (access, limits)    (HTTP)     (bounded queue)  (the only processes that decode pictures)

The process that speaks HTTP never decodes a picture and never runs a model. A hostile file can crash at most one
worker, which is replaced. `docs/server.md` is the operator's guide.
"""
