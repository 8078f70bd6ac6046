#include "phone/revision.h"

#include "base/base64.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"

namespace bz::phone {
namespace {

constexpr std::string_view kName = "revision";
constexpr std::size_t kMostState = 2 * kLongestRevisionToken;

}  // namespace

struct Revision::Kept {
  std::string token;
  Day newest;
  std::optional<Day> ahead_since;
};

// Nothing when what is kept is damaged, too: an upload goes without it, as from a phone that never
// had one.
Result<std::optional<Revision::Kept>> Revision::read() {
  const auto kept = store_->kept(kName);
  if (!kept && kept.error().code != Code::kMalformed) return kept.error();
  if (!kept || !*kept) return std::optional<Kept>{};
  auto json = wire::JsonReader::parse(as_text(**kept), kMostState);
  if (!json) return std::optional<Kept>{};
  const auto token = json->base64("token");
  const auto newest = json->integer("newest");
  const auto ahead = json->integer("ahead");
  if (!json->done() || !token || !newest) return std::optional<Kept>{};
  Kept found{std::string(as_text(*token)), Day{std::chrono::days{*newest}}, {}};
  if (ahead) found.ahead_since = Day{std::chrono::days{*ahead}};
  return std::optional(std::move(found));
}

// The token in base64 once more, since it comes from a server.
Result<void> Revision::write(const Kept& kept) {
  wire::JsonWriter json;
  json.text("token", to_base64(as_bytes(kept.token))).integer("newest", number_of(kept.newest));
  if (kept.ahead_since) json.integer("ahead", number_of(*kept.ahead_since));
  return store_->keep(kName, as_bytes(json.done()));
}

Result<std::string> Revision::token() {
  const auto kept = read();
  if (!kept) return kept.error();
  return *kept ? (*kept)->token : std::string();
}

Result<void> Revision::keep(std::string_view token, Day newest) {
  // Anything but base64 might grow when it is written as JSON.
  if (token.empty() || token.size() > kLongestRevisionToken || !from_base64(token)) return {};
  return write({std::string(token), newest, {}});
}

Result<void> Revision::forget_before(Day oldest, Day today) {
  auto kept = read();
  if (!kept) return kept.error();
  if (*kept) {
    auto& found = **kept;
    const auto before = found.ahead_since;
    const bool is_ahead = found.newest > today + std::chrono::days{1};
    found.ahead_since = is_ahead ? std::optional(before.value_or(today)) : std::nullopt;
    if (found.ahead_since.value_or(found.newest) >= oldest)
      return found.ahead_since == before ? Result<void>{} : write(found);
  }
  auto gone = store_->database().prepare("DELETE FROM kept WHERE name = ?");
  if (!gone) return gone.error();
  if (auto done = gone->bind(1, kName).run(); !done) return done;
  if (store_->database().changes() == 0) return {};
  return store_->write_anew("kept");
}

}  // namespace bz::phone
