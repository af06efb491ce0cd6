from pathlib import Path

from trl import DPOConfig, DPOTrainer

from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo import tiny  # your model and data, in your script

trainer = DPOTrainer(
    model=tiny.tiny_model(Path("tiny-model")),
    processing_class=tiny.tiny_tokenizer(),
    train_dataset=tiny.preference_pairs(64),
    args=DPOConfig(
        output_dir="out",
        max_steps=200,
        learning_rate=1e-3,
        logging_steps=1,
        report_to="none",
        use_cpu=True,
    ),
    callbacks=[DiagnosticsCallback(packs=["./mine.ptt"], policy="guard")],
)
trainer.train()
