// A store over connections: threads that write, each for all who wait at that moment, and a pool of
// connections that read.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "store/connection.h"
#include "store/store.h"

namespace bz::store {

class PooledStore final : public Store {
 public:
  using Connect = std::function<Result<std::unique_ptr<Connection>>()>;
  struct Size {
    std::size_t writers = 1;
    std::size_t readers = 4;
  };

  // `connect` is called from any thread, for as long as the store lives.
  static Result<std::unique_ptr<Store>> open(std::string_view name, Connect connect, Size size);
  ~PooledStore() override;

  Result<void> tidy() override;
  [[nodiscard]] std::string_view name() const override { return name_; }

 protected:
  Result<void> write_job(const Job& job) override;
  Result<void> read_job(const Job& job) override;

 private:
  struct Waiting;  // a job in the queue, and its answer
  using Group = std::vector<Waiting*>;

  PooledStore(std::string_view name, Connect connect, Size size);
  Result<void> wait_for(Waiting& waiting);
  void write_for_all(Connection& connection);
  Group take_group();
  Result<std::unique_ptr<Connection>> take_reader();
  void give_reader_back(std::unique_ptr<Connection> reader);

  std::string name_;
  Connect connect_;
  Size size_;

  std::mutex queue_mutex_;
  std::condition_variable queue_changed_;
  std::deque<Waiting*> queue_;
  bool is_closing_ = false;
  std::vector<std::unique_ptr<Connection>> writing_;
  std::vector<std::thread> writers_;

  std::mutex readers_mutex_;
  std::condition_variable reader_free_;
  std::vector<std::unique_ptr<Connection>> free_readers_;
  std::size_t readers_made_ = 0;
};

}  // namespace bz::store
