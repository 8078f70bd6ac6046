#include "store/pooled_store.h"

#include <semaphore.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <span>
#include <utility>

namespace bz::store {
namespace {

// More would make one transaction long, and every answer in it late.
constexpr std::size_t kLargestGroup = 256;
// So few are not divided among writers: a commit each would cost more than it gains.
constexpr std::size_t kSmallestPart = 8;
// How often work is repeated whose failure was another transaction's doing.
constexpr int kAttempts = 5;

// std::binary_semaphore gives the processor away four times before it sleeps: with dozens who wait
// that is a good part of a commit's time.
class Signal {
 public:
  Signal() { ::sem_init(&semaphore_, 0, 0); }
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;
  ~Signal() { ::sem_destroy(&semaphore_); }

  void give() { ::sem_post(&semaphore_); }
  void wait() {
    while (::sem_wait(&semaphore_) != 0 && errno == EINTR) {
    }
  }

 private:
  sem_t semaphore_{};
};

// The store whose job this thread runs just now.
thread_local const Store* writing_for = nullptr;

}  // namespace

struct PooledStore::Waiting {
  explicit Waiting(const Job& its_job) : job(its_job) {}

  void run(Connection& connection) {
    thrown = nullptr;
    try {
      answer = job(connection);
    } catch (...) {
      thrown = std::current_exception();
      answer = Error{Code::kUnavailable, "the work was broken off"};
    }
    // Work that overlooks a failure has not succeeded.
    if (answer && connection.failure()) answer = *connection.failure();
  }

  const Job& job;
  bool tidies = false;  // no job: tidies up, and shares a group with nobody
  Result<void> answer;
  std::exception_ptr thrown;
  Signal done;
};

namespace {

template <class Group>
void answer_with(const Error& error, const Group& group) {
  for (auto* waiting : group) {
    // Work that refused by itself keeps its own answer.
    if (waiting->answer) waiting->answer = error;
  }
}

// False when nobody is answered yet, because the failure of one has undone all.
template <class Group>
bool run_together(Connection& connection, const Group& group, bool with_marks) {
  for (auto* waiting : group) waiting->answer = {};
  if (const auto begun = connection.begin(Connection::For::kWriting); !begun) {
    answer_with(begun.error(), group);
    return true;
  }
  for (auto* waiting : group) {
    if (with_marks) {
      if (!connection.mark()) {
        connection.roll_back();
        return false;
      }
    } else {
      connection.watch();
    }
    waiting->run(connection);
    if (waiting->answer) continue;
    // It has refused before it wrote anything: the others need not notice.
    if (!connection.failure() && !connection.has_written()) continue;
    if (with_marks && !connection.is_worth_repeating() && connection.return_to_mark()) continue;
    connection.roll_back();
    return false;
  }
  const auto committed = connection.commit();
  if (committed) return true;
  const bool is_unknown = connection.outcome_is_unknown();
  connection.roll_back();
  if (!is_unknown) return false;
  answer_with(committed.error(), group);
  return true;
}

// False when no transaction can be begun at all.
template <class Waiting>
bool run_alone(Connection& connection, Waiting& waiting) {
  for (int attempt = 1;; ++attempt) {
    if (const auto begun = connection.begin(Connection::For::kWriting); !begun) {
      waiting.answer = begun.error();
      return false;
    }
    waiting.run(connection);
    if (waiting.answer) waiting.answer = connection.commit();
    if (waiting.answer) return true;
    const bool again = connection.is_worth_repeating() && attempt < kAttempts;
    connection.roll_back();
    if (!again) return true;
  }
}

template <class Group>
void run_group(Connection& connection, const Group& group) {
  if (group.size() > 1) {
    if (run_together(connection, group, false)) return;
    if (run_together(connection, group, true)) return;
  }
  for (auto waiting = group.begin(); waiting != group.end(); ++waiting) {
    if (run_alone(connection, **waiting)) continue;
    // Nor will the next: waiting for each would take minutes.
    for (auto next = waiting + 1; next != group.end(); ++next) (*next)->answer = (*waiting)->answer;
    return;
  }
}

}  // namespace

PooledStore::PooledStore(std::string_view name, Connect connect, Size size)
    : name_(name), connect_(std::move(connect)), size_(size) {}

Result<std::unique_ptr<Store>> PooledStore::open(std::string_view name, Connect connect,
                                                 Size size) {
  std::unique_ptr<PooledStore> store(new PooledStore(name, std::move(connect), size));
  for (std::size_t i = 0; i < size.writers; ++i) {
    auto connection = store->connect_();
    if (!connection) return connection.error();
    store->writing_.push_back(std::move(*connection));
  }
  for (const auto& connection : store->writing_) {
    store->writers_.emplace_back(
        [self = store.get(), writer = connection.get()] { self->write_for_all(*writer); });
  }
  return std::unique_ptr<Store>(std::move(store));
}

PooledStore::~PooledStore() {
  {
    const std::lock_guard lock(queue_mutex_);
    is_closing_ = true;
  }
  queue_changed_.notify_all();
  for (auto& writer : writers_) writer.join();
}

PooledStore::Group PooledStore::take_group() {
  std::unique_lock lock(queue_mutex_);
  queue_changed_.wait(lock, [&] { return is_closing_ || !queue_.empty(); });
  // A fair part for each writer: where one took all, its group would be long in coming, late the
  // answers of all who are in it, and little left for the others to do meanwhile.
  const auto part = (queue_.size() + size_.writers - 1) / size_.writers;
  const auto most = std::clamp(part, kSmallestPart, kLargestGroup);
  Group group;
  while (!queue_.empty() && group.size() < most) {
    const bool alone = queue_.front()->tidies;
    if (alone && !group.empty()) break;
    group.push_back(queue_.front());
    queue_.pop_front();
    if (alone) break;
  }
  return group;
}

void PooledStore::write_for_all(Connection& connection) {
  writing_for = this;
  for (auto group = take_group(); !group.empty(); group = take_group()) {
    if (group.front()->tidies) {
      group.front()->answer = connection.tidy();
    } else {
      run_group(connection, group);
    }
    for (auto* waiting : group) waiting->done.give();
  }
}

Result<void> PooledStore::write_job(const Job& job) {
  if (writing_for == this) {
    return Error{Code::kInvalid, "a write was begun within a write of the same store"};
  }
  Waiting waiting(job);
  return wait_for(waiting);
}

Result<void> PooledStore::tidy() {
  const Job none;
  Waiting waiting(none);
  waiting.tidies = true;
  return wait_for(waiting);
}

Result<void> PooledStore::wait_for(Waiting& waiting) {
  {
    const std::lock_guard lock(queue_mutex_);
    queue_.push_back(&waiting);
  }
  queue_changed_.notify_one();
  waiting.done.wait();
  if (waiting.thrown) std::rethrow_exception(waiting.thrown);
  return waiting.answer;
}

Result<std::unique_ptr<Connection>> PooledStore::take_reader() {
  {
    std::unique_lock lock(readers_mutex_);
    reader_free_.wait(lock,
                      [&] { return !free_readers_.empty() || readers_made_ < size_.readers; });
    if (!free_readers_.empty()) {
      auto reader = std::move(free_readers_.back());
      free_readers_.pop_back();
      return reader;
    }
    ++readers_made_;
  }
  auto made = connect_();
  if (!made) give_reader_back(nullptr);
  return made;
}

void PooledStore::give_reader_back(std::unique_ptr<Connection> reader) {
  {
    const std::lock_guard lock(readers_mutex_);
    if (reader) {
      free_readers_.push_back(std::move(reader));
    } else {
      --readers_made_;
    }
  }
  reader_free_.notify_one();
}

Result<void> PooledStore::read_job(const Job& job) {
  auto taken = take_reader();
  if (!taken) return taken.error();
  // Also when the job throws.
  struct Reader {
    PooledStore& store;
    std::unique_ptr<Connection> connection;
    ~Reader() {
      connection->roll_back();
      store.give_reader_back(std::move(connection));
    }
  } reader{*this, std::move(*taken)};
  if (auto begun = reader.connection->begin(Connection::For::kReading); !begun) return begun;
  auto answer = job(*reader.connection);
  if (answer && reader.connection->failure()) return *reader.connection->failure();
  return answer;
}

}  // namespace bz::store
