"""Robots with ROS, over rosbridge: the topics of ROS4HRI and of QTrobot, without ROS on this machine."""
