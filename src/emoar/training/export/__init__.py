"""Export of a checkpoint to .tflite, .onnx and Core ML files, each verified against the network."""
