// The threads that run handlers, and the jobs that wait for one: at most so many, so that a server
// asked for more than it can do says so at once instead of answering everybody late.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace bz::http {

class WorkerPool {
 public:
  // A job may not throw.
  using Job = std::function<void()>;

  WorkerPool(int threads, std::size_t longest_queue);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  // Runs what is waiting, then ends.
  ~WorkerPool();

  // False, and nothing is kept, when the queue is full. From any thread.
  bool push(Job job);

 private:
  // A worker that waits for a job.
  struct Idle {
    std::condition_variable changed;
    bool woken = false;
  };

  void work();

  const std::size_t longest_queue_;
  std::mutex mutex_;
  std::vector<Idle*> idle_;  // who has waited longest first
  std::deque<Job> queue_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace bz::http
