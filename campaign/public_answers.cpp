#include "campaign/public_answers.h"

#include <algorithm>

namespace bz::campaign {

Answer PublicAnswers::get(const std::string& question, Instant now,
                          const std::function<Answer()>& work) {
  {
    std::unique_lock lock(mutex_);
    // Whoever waited may find what another has worked out meanwhile.
    const auto may_go = [&] {
      return find(question, now) != nullptr ||
             (working_.size() < kAtOnce && !working_.contains(question));
    };
    auto goes = may_go();
    if (!goes && waiting_ < kMostWaiting) {
      ++waiting_;
      goes = changed_.wait_for(lock, kLongestWait, may_go);
      --waiting_;
    }
    if (!goes) {
      return Refusal{503,
                     "Đang có nhiều người xem cùng lúc; hãy thử lại sau ít giây.",
                     "Many are looking at once: try again in some seconds.",
                     {}};
    }
    if (const auto* kept = find(question, now)) return kept->response;
    working_.insert(question);
  }
  auto answer = work();
  {
    const std::lock_guard lock(mutex_);
    working_.erase(question);
    if (answer && answer.refused() == nullptr) keep(question, answer.value(), now);
  }
  changed_.notify_all();
  return answer;
}

const PublicAnswers::Kept* PublicAnswers::find(const std::string& question, Instant now) const {
  const auto found = kept_.find(question);
  const auto holds =
      found != kept_.end() && now < found->second.until && now + kKept >= found->second.until;
  return holds ? &found->second : nullptr;
}

void PublicAnswers::keep(const std::string& question, const http::Response& response, Instant now) {
  std::erase_if(kept_, [now](const auto& one) { return one.second.until <= now; });
  if (kept_.size() >= kMostKept) {
    kept_.erase(
        std::ranges::min_element(kept_, {}, [](const auto& one) { return one.second.until; }));
  }
  kept_[question] = {response, now + kKept};
}

}  // namespace bz::campaign
