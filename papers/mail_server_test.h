// A mail server in a process of its own (papers/mail_server_here.py), for tests.
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "base/file.h"
#include "base/temp_folder.h"

extern char** environ;

namespace bz::papers {

class MailServerHere {
 public:
  // Nothing when python3 and aiosmtpd are not here.
  static std::optional<MailServerHere> start(const char* kind) {
    auto folder = TempFolder::make();
    if (!folder) return std::nullopt;
    MailServerHere server(std::move(*folder));
    if (!server.spawn(kind)) return std::nullopt;
    return server;
  }
  MailServerHere(MailServerHere&& other) noexcept
      : folder_(std::move(other.folder_)),
        port_(std::move(other.port_)),
        input_(std::exchange(other.input_, -1)),
        process_(std::exchange(other.process_, -1)) {}
  MailServerHere& operator=(MailServerHere&&) = delete;
  ~MailServerHere() {
    if (input_ >= 0) ::close(input_);
    if (process_ > 0) ::waitpid(process_, nullptr, 0);
  }

  [[nodiscard]] std::string url(const std::string& host = "127.0.0.1") const {
    return "smtp://" + host + ":" + port_;
  }
  [[nodiscard]] std::filesystem::path certificate() const { return folder_.path() / "server.pem"; }
  // The letter of that number, from 1; empty when there is none.
  [[nodiscard]] Bytes letter(int number) const { return content(std::to_string(number) + ".eml"); }
  // Its sender and recipients, a line each.
  [[nodiscard]] std::string envelope(int number) const {
    const auto bytes = content(std::to_string(number) + ".envelope");
    return {bytes.begin(), bytes.end()};
  }

 private:
  explicit MailServerHere(TempFolder folder) : folder_(std::move(folder)) {}

  [[nodiscard]] Bytes content(const std::string& name) const {
    auto bytes = read_file(folder_.path() / name, 50'000'000);
    return bytes ? std::move(*bytes) : Bytes{};
  }

  bool spawn(const char* kind) {
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) return false;
    std::string path = folder_.path();
    std::array<std::string, 4> words{"python3", BZ_MAIL_SERVER_HERE, path, kind};
    std::array<char*, 5> arguments{};
    for (std::size_t i = 0; i < words.size(); ++i) arguments[i] = words[i].data();
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_adddup2(&files, in[0], 0);
    ::posix_spawn_file_actions_adddup2(&files, out[1], 1);
    // Debian's own, which has Debian's aiosmtpd.
    const int failed =
        ::posix_spawn(&process_, "/usr/bin/python3", &files, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&files);
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    char c = 0;
    while (failed == 0 && ::read(out[0], &c, 1) == 1 && c != '\n') port_ += c;
    ::close(out[0]);
    return !port_.empty();
  }

  TempFolder folder_;
  std::string port_;
  int input_ = -1;  // the server ends when it is closed
  pid_t process_ = -1;
};

}  // namespace bz::papers
