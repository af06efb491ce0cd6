"""SFT with LoRA: a healthy run that trains an adapter alone, and saves it."""

import json
from pathlib import Path

from peft import LoraConfig
from trl import SFTConfig, SFTTrainer

from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo import tiny

# Your model here: AutoModelForCausalLM.from_pretrained(...), its tokenizer, a data set with `text`.
model = tiny.tiny_model(Path("tiny-model"))
tokenizer = tiny.tiny_tokenizer()
data = tiny.texts(128)

callback = DiagnosticsCallback(run_dir="runs/sft-lora", policy="guard")
trainer = SFTTrainer(
    model=model,
    processing_class=tokenizer,
    train_dataset=data,
    peft_config=LoraConfig(r=8, lora_alpha=16, target_modules="all-linear", task_type="CAUSAL_LM"),
    args=SFTConfig(
        output_dir="out",
        max_steps=40,
        learning_rate=1e-3,  # of the tiny model; adapters of large ones take 2e-4 or so
        per_device_train_batch_size=4,
        logging_steps=1,
        report_to="none",
        use_cpu=True,  # leave this out where there is a GPU
    ),
    callbacks=[callback],
)
trainer.train()
trainer.save_model("adapter")

run = json.loads((callback.run_dir / "run.json").read_text())
facts = run["facts"]
print(f"trained {facts['trainable_parameters']} of {facts['parameters']} parameters")
