// Answers that anybody may ask for: each is kept for as long as others may keep it, and few are
// worked out at once, so that whoever asks for very many takes the workers from nobody.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "campaign/desk.h"

namespace bz::campaign {

class PublicAnswers {
 public:
  // In step with Cache-Control.
  static constexpr std::chrono::minutes kKept{5};
  static constexpr std::size_t kMostKept = 256;
  static constexpr std::size_t kAtOnce = 2;
  static constexpr int kMostWaiting = 4;
  static constexpr std::chrono::seconds kLongestWait{2};

  // What `work` gives, or gave for the same question not long ago; 503 when others are asking so
  // much that its turn does not come, at once where as many wait as may. Who asks what is being
  // worked out waits for it. Refusals are not kept.
  // From any thread.
  Answer get(const std::string& question, Instant now, const std::function<Answer()>& work);

 private:
  struct Kept {
    http::Response response;
    Instant until;
  };
  const Kept* find(const std::string& question, Instant now) const;
  void keep(const std::string& question, const http::Response& response, Instant now);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Kept> kept_;
  std::set<std::string> working_;  // the questions
  int waiting_ = 0;
};

}  // namespace bz::campaign
