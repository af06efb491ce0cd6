"""The Trainer of transformers, with a check of your own: are evaluation examples trained on?"""

import sys
from pathlib import Path

from transformers import DataCollatorForLanguageModeling, Trainer, TrainingArguments

from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo import tiny

# Your model here, its tokenizer, texts to train on and others to evaluate on.
model = tiny.tiny_model(Path("tiny-model"))
tokenizer = tiny.tiny_tokenizer()
train_texts = tiny.texts(128)["text"]
eval_texts = tiny.texts(16, seed=1)["text"]

if "broken" in sys.argv:  # a split that was made twice, with another seed
    eval_texts = train_texts[:16]


def tokens(texts):
    return [tokenizer(one) for one in texts]


callback = DiagnosticsCallback(run_dir="runs/plain", policy="guard")
trainer = Trainer(
    model=model,
    data_collator=DataCollatorForLanguageModeling(tokenizer, mlm=False),
    train_dataset=tokens(train_texts),
    eval_dataset=tokens(eval_texts),
    args=TrainingArguments(
        output_dir="out",
        max_steps=40,
        learning_rate=3e-3,  # of the tiny model; yours takes 1e-5 or so
        per_device_train_batch_size=4,
        eval_strategy="steps",
        eval_steps=10,
        logging_steps=1,
        report_to="none",
        use_cpu=True,  # leave this out where there is a GPU
    ),
    callbacks=[callback],
)

# Your own check: what it finds joins what the rules find, and `guard` stops on what is critical.
if seen := set(train_texts) & set(eval_texts):
    callback.finding(
        "evaluation leaks",
        level="critical",
        text=f"{len(seen)} of {len(eval_texts)} evaluation texts are trained on",
    )
trainer.train()
print(f"trained {trainer.state.global_step} of {trainer.args.max_steps} steps")
