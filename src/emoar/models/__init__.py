"""Model files: the public models (pinned by hash), the shipped models, and the description inside a model file."""

from emoar.models.public import (
    FOLDER_VARIABLE,
    PUBLIC_MODELS,
    ModelFile,
    ModelStatus,
    ShippedEnsemble,
    all_models,
    find_model,
    model_folder,
    model_path,
    pull,
    shipped_ensembles,
    shipped_models,
    verify,
)

__all__ = [
    "FOLDER_VARIABLE",
    "PUBLIC_MODELS",
    "ModelFile",
    "ModelStatus",
    "ShippedEnsemble",
    "all_models",
    "find_model",
    "model_folder",
    "model_path",
    "pull",
    "shipped_ensembles",
    "shipped_models",
    "verify",
]
