"""The worker: what happens without anybody asking. One process leads, others stand by. Only this folder knows APScheduler."""
