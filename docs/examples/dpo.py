"""DPO: a healthy run, or `python dpo.py broken`, whose pairs are twice the same answer."""

import sys
from pathlib import Path

from trl import DPOConfig, DPOTrainer

from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo import tiny

# Your model here, its tokenizer, a data set with `prompt`, `chosen`, `rejected`.
model = tiny.tiny_model(Path("tiny-model"))
tokenizer = tiny.tiny_tokenizer()
pairs = tiny.preference_pairs(64)

if "broken" in sys.argv:  # a join on the wrong column does this to data
    pairs = pairs.map(lambda pair: {"rejected": pair["chosen"]})

trainer = DPOTrainer(
    model=model,
    processing_class=tokenizer,
    train_dataset=pairs,
    args=DPOConfig(
        output_dir="out",
        max_steps=40,
        learning_rate=1e-3,  # of the tiny model; yours takes 1e-6 or so
        per_device_train_batch_size=4,
        logging_steps=1,
        report_to="none",
        use_cpu=True,  # leave this out where there is a GPU
    ),
    callbacks=[DiagnosticsCallback(run_dir="runs/dpo", policy="guard")],
)
trainer.train()
print(f"trained {trainer.state.global_step} of {trainer.args.max_steps} steps")
