"""Secure aggregation: the server learns the sum of the updates of a round, and no single one.

The protocol is SecAgg+ (Bonawitz et al., 2017; Bell et al., 2020) in four stages: keys, shares, masked updates,
unmasking. Flower has it in its legacy API only, where a mask follows from 28 bits; here it follows from 256.
"""
