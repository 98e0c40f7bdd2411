"""What is wrong with labelled faces: findings that training may leave out or relabel. Nothing is ever deleted."""
