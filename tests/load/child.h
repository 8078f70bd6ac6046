// A server as a child process: this same program run again with other words, which prints
// "listening on http://127.0.0.1:PORT" when it is ready.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace bz::load {

class Child {
 public:
  // `arguments` follow the program's own name. `core`: the processor it may use; -1: all. Its
  // standard error is ours. kUnavailable when it ends, or says nothing for a minute.
  static Result<Child> start(const std::vector<std::string>& arguments, int core = -1);
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  // Kills it.
  ~Child();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] pid_t pid() const { return pid_; }
  // SIGKILL, and waits until it is gone.
  void kill();
  // SIGTERM; its exit status, or -1 when a signal ended it.
  int stop();

  // Processor time of all its threads so far.
  [[nodiscard]] std::chrono::milliseconds cpu_time() const;
  // What it has in memory (VmRSS) and the most it ever had (VmHWM), in bytes.
  [[nodiscard]] std::int64_t memory() const;
  [[nodiscard]] std::int64_t peak_memory() const;

 private:
  Child() = default;
  [[nodiscard]] std::int64_t status_kb(const std::string& name) const;
  pid_t pid_ = -1;
  int output_ = -1;
  std::uint16_t port_ = 0;
};

// Processor time so far of a process and those that it started: of a PostgreSQL, say, whose
// connections are processes. Those that have ended count too when their parent has waited for them.
std::chrono::milliseconds cpu_time_of(pid_t pid);

// Lets this thread, and those it starts, run on one processor only.
void pin_to(int core);

}  // namespace bz::load
