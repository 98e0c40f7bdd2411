"""How fast, how small and how steady EmoAR is, beside others in environments of their own.

python -m benchmarks                    # all of them
python -m benchmarks tracking drawing   # some of them
python -m benchmarks.memory --minutes 1
"""
