#include "tests/load/child.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

namespace bz::load {
namespace {

constexpr int kReadyWaitMs = 60'000;

// The first line of what it prints.
std::string first_line(int descriptor) {
  std::string line;
  pollfd waiting{.fd = descriptor, .events = POLLIN, .revents = 0};
  char letter = 0;
  while (::poll(&waiting, 1, kReadyWaitMs) == 1 && ::read(descriptor, &letter, 1) == 1) {
    if (letter == '\n') return line;
    line += letter;
  }
  return {};
}

struct Times {
  pid_t parent = 0;
  std::chrono::milliseconds cpu{0};
  std::chrono::milliseconds cpu_of_ended{0};  // of the processes that it has waited for
};

Times times_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(file, text);
  // After the name in brackets, which may hold spaces: the parent is field 4, utime, stime, cutime
  // and cstime are fields 14 to 17.
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  Times times;
  std::string skipped;
  fields >> skipped >> times.parent;
  for (int i = 5; i < 14; ++i) fields >> skipped;
  std::array<std::int64_t, 4> ticks{};
  for (auto& number : ticks) fields >> number;
  const auto ms = [](std::int64_t count) {
    return std::chrono::milliseconds{count * 1'000 / ::sysconf(_SC_CLK_TCK)};
  };
  times.cpu = ms(ticks[0] + ticks[1]);
  times.cpu_of_ended = ms(ticks[2] + ticks[3]);
  return times;
}

}  // namespace

void pin_to(int core) {
  if (core < 0) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(core), &set);
  ::sched_setaffinity(0, sizeof set, &set);
}

Result<Child> Child::start(const std::vector<std::string>& arguments, int core) {
  std::vector<std::string> words = arguments;
  words.insert(words.begin(), "/proc/self/exe");
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);

  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Error{Code::kUnavailable, "no pipe can be made"};
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) {
    // Gone with its parent, also when that is killed.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    ::dup2(ends[1], STDOUT_FILENO);
    pin_to(core);
    ::execv(pointers[0], pointers.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  Child child;
  child.pid_ = pid;
  child.output_ = ends[0];
  const std::string line = first_line(child.output_);
  const auto colon = line.rfind(':');
  if (colon != std::string::npos) {
    std::from_chars(line.data() + colon + 1, line.data() + line.size(), child.port_);
  }
  if (child.port_ == 0) return Error{Code::kUnavailable, "the server does not come up"};
  return child;
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      output_(std::exchange(other.output_, -1)),
      port_(other.port_) {}

Child& Child::operator=(Child&& other) noexcept {
  if (this == &other) return *this;
  kill();
  pid_ = std::exchange(other.pid_, -1);
  output_ = std::exchange(other.output_, -1);
  port_ = other.port_;
  return *this;
}

Child::~Child() {
  kill();
}

void Child::kill() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(std::exchange(pid_, -1), nullptr, 0);
  }
  if (output_ >= 0) ::close(std::exchange(output_, -1));
}

int Child::stop() {
  if (pid_ <= 0) return -1;
  int status = 0;
  ::kill(pid_, SIGTERM);
  ::waitpid(std::exchange(pid_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::chrono::milliseconds Child::cpu_time() const {
  return times_of(pid_).cpu;
}

std::chrono::milliseconds cpu_time_of(pid_t pid) {
  const auto self = times_of(pid);
  auto all = self.cpu + self.cpu_of_ended;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const auto process = times_of(static_cast<pid_t>(std::stol(name)));
    if (process.parent == pid) all += process.cpu;
  }
  return all;
}

std::int64_t Child::status_kb(const std::string& name) const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name + ":")) return std::stoll(line.substr(name.size() + 1));
  }
  return 0;
}

std::int64_t Child::memory() const {
  return status_kb("VmRSS") * 1'024;
}
std::int64_t Child::peak_memory() const {
  return status_kb("VmHWM") * 1'024;
}

}  // namespace bz::load
