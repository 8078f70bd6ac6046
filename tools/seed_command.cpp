#include <boost/json.hpp>
#include <ostream>
#include <system_error>

#include "tools/answer_view.h"
#include "tools/campaign_command.h"
#include "tools/story.h"
#include "vi/calendar.h"

namespace bz::tools {
namespace {

namespace json = boost::json;

// The census comes with the program: it was known before the story begins.
constexpr const char* kBefore = "2020-07-01T00:00+07:00";
// Who vouches for the senders of its letters.
constexpr const char* kMailServer = "mx.binhphuoc.example";

// {"at", "tick"}, or {"at", "post" or "put", "body"}; with "key" as its Idempotency-Key; "mail" in
// the place of a body is a letter, line by line.
Result<void> play(CampaignClient& client, const json::object& line) {
  const auto at = vi::read_instant(text_at(line, "at")).result();
  if (!at) return at.error();
  client.set_now(*at);
  if (flag_at(line, "tick")) return client.tick();
  http::Request request;
  request.method = line.contains("put") ? "PUT" : "POST";
  request.path = text_at(line, line.contains("put") ? "put" : "post");
  if (const auto key = text_at(line, "key"); !key.empty())
    request.headers.emplace_back("idempotency-key", key);
  const auto letter = texts_at(line, "mail");
  for (const auto& text : letter) request.body += text + "\r\n";
  if (const auto* body = line.if_contains("body")) request.body = json::serialize(*body);
  if (request.body.empty()) return Error{Code::kMalformed, "a line of the story has no body"};
  request.headers.emplace_back("content-type",
                               letter.empty() ? "application/json" : "message/rfc822");
  const auto said = client.send(std::move(request));
  if (!said) return said.error();
  return {};
}

}  // namespace

Result<void> run_campaign_seed(const SeedOptions& options, std::ostream& out) {
  std::error_code fault;
  std::filesystem::create_directories(options.where.data, fault);
  if (fault)
    return Error{Code::kUnavailable, options.where.data.string() + ": the folder cannot be made"};
  CampaignOptions opened;
  opened.where = options.where;
  opened.at = kBefore;
  opened.authserv_id = kMailServer;
  auto client = CampaignClient::open(opened);
  if (!client) return client.error();
  const auto bodies = client->get("/bodies");
  if (!bodies) return bodies.error();
  const auto there = object_in(*bodies);
  if (!there) return there.error();
  if (!objects_at(*there, "bodies").empty())
    return Error{Code::kConflict,
                 options.where.data.string() +
                     ": there is a campaign here already; seed a folder of its own"};
  std::size_t number = 0;
  std::size_t requests = 0;
  std::string_view rest = august_2020();
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    const auto line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    ++number;
    if (line.empty() || line.front() == '#') continue;
    auto object = object_in(std::string(line));
    if (!object) return object.error();
    if (auto played = play(*client, *object); !played) {
      auto error = played.error();
      error.what = "line " + std::to_string(number) + " of the story: " + error.what;
      return error;
    }
    ++requests;
  }
  if (options.where.json)
    out << json::serialize(json::object{{"requests", requests}}) << "\n";
  else
    out << "August 2020 is there: " << requests
        << " requests. What is invented is marked illustrative.\n"
           "Look: bz campaign wall --data "
        << options.where.data.string() << " --unit 84 --on 2020-08-19 --as-of 2020-08-21\n"
        << "      bz report register --data " << options.where.data.string()
        << " --at 2020-08-25T16:00+07:00 --all\n";
  return {};
}

}  // namespace bz::tools
