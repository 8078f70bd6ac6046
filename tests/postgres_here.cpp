#include "tests/postgres_here.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <fstream>
#include <memory>
#include <thread>

#include "base/bytes.h"
#include "base/random.h"

extern char** environ;

namespace bz::tests {
namespace {

constexpr auto kPatience = std::chrono::seconds{180};  // a sanitized build on a busy machine

Error cannot(const std::string& what) {
  return {Code::kUnavailable, what};
}

// A lock on a file, given up when the process ends, however it ends.
int lock_file(const std::filesystem::path& file, int how) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd >= 0 && ::flock(fd, how) == 0) return fd;
  if (fd >= 0) ::close(fd);
  return -1;
}

// Whether `fd` is still what lies under that name: the folder is removed under its lock.
bool is_at(int fd, const std::filesystem::path& file) {
  struct stat held {};
  struct stat there {};
  return ::fstat(fd, &held) == 0 && ::stat(file.c_str(), &there) == 0 &&
         held.st_ino == there.st_ino;
}

// A process that outlives this one and belongs to no terminal.
Result<void> spawn_keeper(const std::filesystem::path& folder,
                          const std::vector<std::string>& settings) {
  std::vector<std::string> words{BZ_POSTGRES_HERE, folder.string()};
  words.insert(words.end(), settings.begin(), settings.end());
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawnattr_init(&attributes);
  const auto log = (folder / "log").string();
  ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::posix_spawn_file_actions_adddup2(&files, 1, 2);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  pid_t child = 0;
  const int failed =
      ::posix_spawn(&child, BZ_POSTGRES_HERE, &files, &attributes, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&files);
  ::posix_spawnattr_destroy(&attributes);
  if (failed != 0) return cannot("tests/postgres_here.sh cannot be run");
  return {};
}

Result<void> wait_until_ready(const std::string& url, const std::filesystem::path& folder) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (PQping(url.c_str()) != PQPING_OK) {
    if (std::chrono::steady_clock::now() > until) {
      return cannot("PostgreSQL does not start; see " + (folder / "log").string());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  return {};
}

Result<void> check_installed() {
  if (std::filesystem::exists("/usr/lib/postgresql/15/bin/postgres")) return {};
  return cannot("these tests need PostgreSQL 15: apt-get install postgresql");
}

Result<void> run_on(const std::string& url, const std::string& sql) {
  const std::unique_ptr<PGconn, void (*)(PGconn*)> session(PQconnectdb(url.c_str()), PQfinish);
  PQsetNoticeProcessor(
      session.get(), [](void*, const char*) {}, nullptr);
  const std::unique_ptr<PGresult, void (*)(PGresult*)> answer(PQexec(session.get(), sql.c_str()),
                                                              PQclear);
  const auto status = PQresultStatus(answer.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return {};
  return cannot(PQerrorMessage(session.get()));
}

}  // namespace

PostgresServer::PostgresServer(PostgresServer&& other) noexcept
    : temporary_(std::move(other.temporary_)),
      folder_(std::move(other.folder_)),
      users_(std::exchange(other.users_, -1)) {}

PostgresServer::~PostgresServer() {
  if (users_ < 0) return;
  ::close(users_);
  if (!temporary_) return;
  // Nobody else uses it: it need not wait.
  std::ifstream file(folder_ / "keeper.pid");
  pid_t keeper = 0;
  if (file >> keeper) ::kill(keeper, SIGTERM);
}

Result<PostgresServer> PostgresServer::shared() {
  if (auto there = check_installed(); !there) return there.error();
  PostgresServer server;
  std::error_code ignored;
  server.folder_ = std::filesystem::temp_directory_path(ignored) /
                   ("bluezone-postgres-" + std::to_string(::getuid()));
  for (;;) {
    std::filesystem::create_directory(server.folder_, ignored);
    const auto start_file = server.folder_ / "start";
    const int start = lock_file(start_file, LOCK_EX);
    if (start < 0) return cannot(server.folder_.string() + " cannot be used");
    if (!is_at(start, start_file)) {
      ::close(start);
      continue;
    }
    server.users_ = lock_file(server.folder_ / "users", LOCK_SH);
    Result<void> ready;
    // Without a keeper, whatever lies there is left over.
    if (const int keeper = lock_file(server.folder_ / "keeper", LOCK_EX | LOCK_NB); keeper >= 0) {
      ::close(keeper);
      ready = spawn_keeper(server.folder_, {});
    }
    if (ready) ready = wait_until_ready(server.url("postgres"), server.folder_);
    ::close(start);
    if (!ready) return ready.error();
    return server;
  }
}

Result<PostgresServer> PostgresServer::own(const std::vector<std::string>& settings) {
  if (auto there = check_installed(); !there) return there.error();
  auto temporary = TempFolder::make();
  if (!temporary) return temporary.error();
  PostgresServer server;
  server.folder_ = temporary->path();
  server.temporary_.emplace(std::move(*temporary));
  server.users_ = lock_file(server.folder_ / "users", LOCK_SH);
  if (auto spawned = spawn_keeper(server.folder_, settings); !spawned) return spawned.error();
  if (auto ready = wait_until_ready(server.url("postgres"), server.folder_); !ready) {
    return ready.error();
  }
  return server;
}

std::string PostgresServer::url(const std::string& database) const {
  return "postgresql://postgres@/" + database + "?host=" + folder_.string();
}

Result<void> PostgresServer::crash_and_restart() {
  std::ifstream file(folder_ / "data" / "postmaster.pid");
  pid_t postmaster = 0;
  if (!(file >> postmaster)) return cannot("there is no server to crash");
  ::kill(postmaster, SIGQUIT);
  while (::kill(postmaster, 0) == 0) std::this_thread::sleep_for(std::chrono::milliseconds{5});
  return wait_until_ready(url("postgres"), folder_);
}

PostgresHere::PostgresHere(PostgresHere&& other) noexcept
    : server_(std::move(other.server_)), name_(std::exchange(other.name_, {})) {}

Result<PostgresHere> PostgresHere::make() {
  auto server = PostgresServer::shared();
  if (!server) return server.error();
  PostgresHere here(std::move(*server));
  std::array<std::uint8_t, 8> chance{};
  SystemRandom().fill(chance);
  const auto name = "test_" + to_hex(chance);
  if (auto made = run_on(here.server_.url("postgres"), "CREATE DATABASE \"" + name + "\""); !made) {
    return made.error();
  }
  here.name_ = name;
  return here;
}

PostgresHere::~PostgresHere() {
  if (name_.empty()) return;
  (void)run_on(server_.url("postgres"), "DROP DATABASE \"" + name_ + "\" WITH (FORCE)");
}

Result<void> PostgresHere::run(const std::string& sql) const {
  return run_on(url(), sql);
}

}  // namespace bz::tests
