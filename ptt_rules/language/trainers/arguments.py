"""The training arguments that trainers take, for rules that read `config.NAME`.

Rules compare numbers and truths; what holds a text, a list or more is listed apart. Arguments that
only an older version takes stand here too, since logs of its runs are judged as well.

Source: the dataclasses of transformers 5.23.0 (`TrainingArguments`) and of TRL 1.12.0 and 1.16.0
"""

from __future__ import annotations

from collections.abc import Collection

_EVERY_NUMBER = """
    activation_checkpointing adam_beta1 adam_beta2 adam_epsilon auto_find_batch_size
    average_tokens_across_devices batch_eval_metrics bf16 bf16_full_eval data_seed
    dataloader_drop_last dataloader_in_order dataloader_num_workers
    dataloader_persistent_workers dataloader_pin_memory dataloader_prefetch_factor
    ddp_broadcast_buffers ddp_bucket_cap_mb ddp_find_unused_parameters ddp_static_graph
    ddp_timeout disable_tqdm do_eval do_predict do_train enable_jit_checkpoint
    eval_accumulation_steps eval_delay eval_do_concat_batches eval_on_start eval_steps
    eval_use_gather_object fp16 fp16_full_eval full_determinism gradient_accumulation_steps
    gradient_checkpointing greater_is_better hub_always_push hub_private_repo
    ignore_data_skip include_num_input_tokens_seen label_smoothing_factor learning_rate
    load_best_model_at_end local_rank log_on_each_node logging_first_step
    logging_nan_inf_filter logging_steps max_grad_norm max_steps neftune_noise_alpha
    num_train_epochs per_device_eval_batch_size per_device_train_batch_size
    prediction_loss_only push_to_hub remove_unused_columns
    restore_callback_states_from_checkpoint save_on_each_node save_only_model save_steps
    save_total_limit seed skip_memory_metrics tf32 torch_compile torch_empty_cache_steps
    use_cache use_cpu use_liger_kernel warmup_ratio warmup_steps weight_decay
"""
_EVERY_TEXT = """
    accelerator_config activation_checkpointing_kwargs dataloader_multiprocessing_context
    ddp_backend debug deepspeed eval_strategy fsdp fsdp_config gradient_checkpointing_kwargs
    hub_model_id hub_revision hub_strategy hub_token include_for_metrics label_names
    length_column_name liger_kernel_config log_level log_level_replica logging_strategy
    lr_scheduler_kwargs lr_scheduler_type metric_for_best_model optim optim_args
    optim_target_modules output_dir parallelism_config project report_to
    resume_from_checkpoint run_name save_strategy torch_compile_backend torch_compile_mode
    trackio_bucket_id trackio_space_id trackio_static_space_id train_sampling_strategy
"""
_OLDER = """
    dataset_num_proc group_by_length logging_dir max_prompt_length no_cuda rpo_alpha
    save_safetensors
"""
_NUMBERS = {
    "sft": """
        activation_offloading assistant_only_loss completion_only_loss dataset_num_proc
        eval_packing max_length packing pad_to_multiple_of padding_free router_aux_loss_coef
        shuffle_dataset trust_remote_code
    """,
    "dpo": """
        activation_offloading beta dataset_num_proc disable_dropout discopop_tau
        f_alpha_divergence_coef label_smoothing ld_alpha max_length pad_to_multiple_of
        padding_free precompute_ref_batch_size precompute_ref_log_probs ref_model_mixup_alpha
        ref_model_sync_steps router_aux_loss_coef sync_ref_model trust_remote_code use_weighting
    """,
    "grpo": """
        beta cast_lm_head_to_fp32 delta disable_dropout ds3_gather_for_generation entropy_coef
        entropy_coef_delta entropy_coef_max entropy_coef_min entropy_target epsilon epsilon_high
        epsilon_low generation_batch_size log_completions log_multimodal log_unique_prompts
        mask_truncated_completions max_completion_length max_tool_calling_iterations min_p
        num_completions_to_print num_generations num_generations_eval num_iterations
        off_policy_mask_threshold pad_to_multiple_of ref_model_mixup_alpha ref_model_sync_steps
        repetition_penalty router_aux_loss_coef sapo_temperature_neg sapo_temperature_pos
        shuffle_dataset steps_per_generation sync_ref_model temperature top_entropy_quantile
        top_k top_p trust_remote_code use_adaptive_entropy use_bias_correction_kl
        use_transformers_continuous_batching use_transformers_paged use_vllm vespo_k_neg
        vespo_k_pos vespo_lambda_neg vespo_lambda_pos vllm_enable_sleep_mode
        vllm_gpu_memory_utilization vllm_group_port vllm_importance_sampling_cap
        vllm_importance_sampling_clip_max vllm_importance_sampling_clip_min
        vllm_importance_sampling_correction vllm_max_model_length vllm_server_port
        vllm_server_timeout vllm_tensor_parallel_size
    """,
    "kto": """
        activation_offloading beta dataset_num_proc desirable_weight disable_dropout max_length
        pad_to_multiple_of precompute_ref_batch_size precompute_ref_log_probs
        ref_model_mixup_alpha ref_model_sync_steps router_aux_loss_coef sync_ref_model
        trust_remote_code undesirable_weight
    """,
    "reward": """
        activation_offloading center_rewards_coefficient dataset_num_proc disable_dropout
        max_length pad_to_multiple_of trust_remote_code
    """,
    "rloo": """
        beta disable_dropout ds3_gather_for_generation epsilon epsilon_high epsilon_low
        generation_batch_size log_completions log_multimodal log_unique_prompts
        mask_truncated_completions max_completion_length min_p normalize_advantages
        num_completions_to_print num_generations num_generations_eval num_iterations
        pad_to_multiple_of ref_model_mixup_alpha ref_model_sync_steps repetition_penalty
        reward_clip_range router_aux_loss_coef shuffle_dataset steps_per_generation
        sync_ref_model temperature top_k top_p trust_remote_code
        use_transformers_continuous_batching use_transformers_paged use_vllm
        vllm_enable_sleep_mode vllm_gpu_memory_utilization vllm_group_port vllm_max_model_length
        vllm_server_port vllm_server_timeout vllm_tensor_parallel_size
    """,
    "cpo": """
        alpha beta cpo_alpha dataset_num_proc disable_dropout generate_during_eval
        is_encoder_decoder label_smoothing max_completion_length max_length simpo_gamma
        trust_remote_code
    """,
    "orpo": """
        beta dataset_num_proc disable_dropout generate_during_eval is_encoder_decoder
        max_completion_length max_length padding_value trust_remote_code
    """,
    "ppo": """
        batch_size cliprange cliprange_value dataset_num_proc ds3_gather_for_generation gamma
        kl_coef lam local_batch_size local_mini_batch_size local_rollout_forward_batch_size
        micro_batch_size mini_batch_size missing_eos_penalty num_mini_batches num_ppo_epochs
        num_sample_generations num_total_batches response_length stop_token_id temperature
        total_episodes vf_coef whiten_rewards world_size
    """,
}
_TEXTS = {
    "sft": """
        chat_template_path dataset_kwargs dataset_text_field eos_token loss_type
        model_init_kwargs packing_strategy pad_token truncation_mode
    """,
    "dpo": """
        f_divergence_type loss_type loss_weights model_init_kwargs pad_token truncation_mode
    """,
    "grpo": """
        cache_implementation chat_template_kwargs generation_kwargs importance_sampling_level
        log_completions_hub_repo loss_type model_init_kwargs multi_objective_aggregation
        reward_weights scale_rewards transformers_continuous_batching_config
        vllm_importance_sampling_mode vllm_mode vllm_model_impl vllm_server_base_url
        vllm_server_host vllm_structured_outputs_regex
    """,
    "kto": """
        loss_type model_init_kwargs
    """,
    "reward": """
        chat_template_path eos_token model_init_kwargs pad_token
    """,
    "rloo": """
        cache_implementation chat_template_kwargs generation_kwargs model_init_kwargs
        reward_weights transformers_continuous_batching_config vllm_mode vllm_model_impl
        vllm_server_base_url vllm_server_host vllm_structured_outputs_regex
    """,
    "cpo": """
        loss_type model_init_kwargs
    """,
    "orpo": """
        model_init_kwargs
    """,
    "ppo": """
        kl_estimator model_adapter_name ref_adapter_name reward_model_path sft_model_path
        stop_token
    """,
}
OWN = frozenset({"max_steps", "skip_nonfinite_steps"})
"""Values that a run has in addition to its training arguments."""

HABITS = {
    "lr": "learning_rate",
    "batch_size": "per_device_train_batch_size",
    "grad_clip": "max_grad_norm",
    "max_norm": "max_grad_norm",
    "epochs": "num_train_epochs",
    "num_epochs": "num_train_epochs",
    "total_steps": "max_steps",
    "num_steps": "max_steps",
    "steps": "max_steps",
    "grad_accum": "gradient_accumulation_steps",
    "accumulation_steps": "gradient_accumulation_steps",
    "group_size": "num_generations",
    "kl_beta": "beta",
    "clip_range": "epsilon_high",
    "n_gpu": "world_size",
    "num_processes": "world_size",
}
"""Arguments by the names that other tools and short hands have for them."""


def numbers_of(algorithms: Collection[str] = ()) -> frozenset[str]:
    """Numbers and truths, of trainers of these algorithms; of all if there is none."""
    own = [words for name, words in _NUMBERS.items() if not algorithms or name in algorithms]
    return OWN | _words(_EVERY_NUMBER, *own)


def texts_of(algorithms: Collection[str] = ()) -> frozenset[str]:
    """Arguments that are neither: texts, and lists and settings of several values.

    One that is a number of another trainer in question is not among them.
    """
    own = [words for name, words in _TEXTS.items() if not algorithms or name in algorithms]
    return _words(_EVERY_TEXT, *own) - numbers_of(algorithms)


def known_arguments() -> frozenset[str]:
    """Every argument that some trainer takes, or took."""
    return numbers_of() | texts_of() | _words(_OLDER)


def _words(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in text.split())
