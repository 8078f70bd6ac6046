#include "http/worker_pool.h"

#include <algorithm>
#include <utility>

namespace bz::http {

WorkerPool::WorkerPool(int threads, std::size_t longest_queue) : longest_queue_(longest_queue) {
  for (int i = 0; i < std::max(threads, 1); ++i) threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    for (auto* idle : idle_) {
      idle->woken = true;
      idle->changed.notify_one();
    }
    idle_.clear();
  }
  for (auto& thread : threads_) thread.join();
}

bool WorkerPool::push(Job job) {
  Idle* next = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= longest_queue_) return false;
    queue_.push_back(std::move(job));
    // The one that worked last: its memory is still in the processor's cache.
    if (!idle_.empty()) {
      next = idle_.back();
      idle_.pop_back();
      next->woken = true;
    }
  }
  if (next != nullptr) next->changed.notify_one();
  return true;
}

void WorkerPool::work() {
  Idle self;
  std::unique_lock lock(mutex_);
  while (true) {
    if (queue_.empty()) {
      if (ending_) return;
      self.woken = false;
      idle_.push_back(&self);
      self.changed.wait(lock, [&self] { return self.woken; });
      continue;
    }
    const auto job = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    job();
    lock.lock();
  }
}

}  // namespace bz::http
