"""Early stopping with patience: `stop.ptt` stops SFT once evaluations no longer get better."""

from pathlib import Path

from trl import SFTConfig, SFTTrainer

from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo import tiny

# Your model here, its tokenizer, a data set with `text`, and another to evaluate on.
model = tiny.tiny_model(Path("tiny-model"))
tokenizer = tiny.tiny_tokenizer()
data = tiny.texts(16)  # so few that they are soon known by heart
held_out = tiny.texts(16, seed=1)

trainer = SFTTrainer(
    model=model,
    processing_class=tokenizer,
    train_dataset=data,
    eval_dataset=held_out,
    args=SFTConfig(
        output_dir="out",
        max_steps=400,
        learning_rate=1e-2,  # of the tiny model; yours takes 1e-5 or so
        per_device_train_batch_size=4,
        logging_steps=1,
        eval_strategy="steps",
        eval_steps=10,
        save_steps=10,
        save_total_limit=2,
        load_best_model_at_end=True,  # the trainer goes back to the best checkpoint
        metric_for_best_model="eval_loss",
        report_to="none",
        use_cpu=True,  # leave this out where there is a GPU
    ),
    callbacks=[
        DiagnosticsCallback(run_dir="runs/early-stopping", packs=["stop.ptt"], policy="early_stop")
    ],
)
trainer.train()
print(f"trained {trainer.state.global_step} of {trainer.args.max_steps} steps")
print(f"the best checkpoint: {trainer.state.best_model_checkpoint}")
