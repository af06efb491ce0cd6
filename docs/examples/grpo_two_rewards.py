"""GRPO with two reward functions, one of which says the same of every answer."""

from pathlib import Path

from trl import GRPOConfig, GRPOTrainer

from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo import tiny

# Your model here, saved in a folder or on a hub; its tokenizer, a data set with `prompt`.
model = tiny.tiny_model(Path("tiny-model"))
tokenizer = tiny.tiny_tokenizer()
prompts = tiny.prompts(64)


# Your reward functions here. Rules know each by its name: rewards/vowels/mean, rewards/tagged/mean.
def vowels(completions, **_):
    """The share of vowels in each answer."""
    return [sum(letter in "aeiou" for letter in one) / max(len(one), 1) for one in completions]


def tagged(completions, **_):
    """1 for an answer within tags. No answer has them, so that there is nothing to prefer."""
    return [float("<answer>" in one) for one in completions]


trainer = GRPOTrainer(
    model=model,
    processing_class=tokenizer,
    train_dataset=prompts,
    reward_funcs=[vowels, tagged],
    args=GRPOConfig(
        output_dir="out",
        max_steps=55,
        learning_rate=1e-3,  # of the tiny model; yours takes 1e-6 or so
        reward_weights=[1.0, 0.5],
        num_generations=4,
        per_device_train_batch_size=8,
        max_completion_length=16,
        # the tiny model never learnt to end an answer; yours did: leave this out
        generation_kwargs={"exponential_decay_length_penalty": (4, 1.8)},
        logging_steps=1,
        report_to="none",
        use_cpu=True,  # leave this out where there is a GPU
    ),
    callbacks=[DiagnosticsCallback(run_dir="runs/grpo", policy="guard")],
)
trainer.train()
