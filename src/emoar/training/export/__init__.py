"""Export: a checkpoint becomes .tflite, .onnx and Core ML files, each verified against the network."""
