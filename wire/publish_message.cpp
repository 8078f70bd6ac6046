#include "wire/publish_message.h"

#include "base/base64.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"

namespace bz::wire {
namespace {

// What both requests have beside their keys. `Request` is one of them.
template <class Request>
void read_common(JsonReader& json, Request& request) {
  request.health_authority = json.text("healthAuthorityID").value_or("");
  request.certificate = json.text("verificationPayload").value_or("");
  request.hmac_secret = json.base64("hmacKey").value_or(Bytes{});
  json.ignore("padding");
}

template <class Request>
void write_common(JsonWriter& json, const Request& request) {
  json.text("healthAuthorityID", request.health_authority)
      .text("verificationPayload", request.certificate)
      .text("hmacKey", to_base64(request.hmac_secret));
}

Result<UploadedKey> read_key(JsonReader& json) {
  UploadedKey key{.key = json.text("key").value_or(""),
                  .rolling_start = json.integer("rollingStartNumber").value_or(0),
                  .rolling_period = json.integer("rollingPeriod").value_or(0),
                  .transmission_risk = json.integer("transmissionRisk").value_or(0)};
  if (auto read = json.done(); !read) return read.error();
  return key;
}

std::string written(const UploadedKey& key) {
  return JsonWriter()
      .text("key", key.key)
      .integer("rollingStartNumber", key.rolling_start)
      .integer("rollingPeriod", key.rolling_period)
      .integer("transmissionRisk", key.transmission_risk)
      .done();
}

Result<UploadedChain> read_chain(JsonReader& json) {
  UploadedChain chain{.key = json.text("key").value_or(""),
                      .time_start_s = json.integer("timeStart").value_or(0),
                      .time_end_s = json.integer("timeEnd").value_or(0),
                      .max = json.integer("max").value_or(0)};
  if (auto read = json.done(); !read) return read.error();
  return chain;
}

std::string written(const UploadedChain& chain) {
  return JsonWriter()
      .text("key", chain.key)
      .integer("timeStart", chain.time_start_s)
      .integer("timeEnd", chain.time_end_s)
      .integer("max", chain.max)
      .done();
}

// The entries of list `name`, each by `read`.
template <class Entry>
Result<std::vector<Entry>> read_list(JsonReader& json, std::string_view name,
                                     Result<Entry> (*read)(JsonReader&)) {
  std::vector<Entry> entries;
  auto list = json.objects(name);
  if (!list) return entries;
  entries.reserve(list->size());
  for (auto& one : *list) {
    auto entry = read(one);
    if (!entry) return entry.error();
    entries.push_back(std::move(*entry));
  }
  return entries;
}

template <class Entry>
void write_list(JsonWriter& json, std::string_view name, const std::vector<Entry>& entries) {
  std::vector<std::string> list;
  list.reserve(entries.size());
  for (const auto& entry : entries) list.push_back(written(entry));
  json.list(name, list);
}

}  // namespace

Result<PublishRequest> parse_publish_request(std::string_view body) {
  auto json = JsonReader::parse(body, kMaxApiBody);
  if (!json) return json.error();
  PublishRequest request;
  auto keys = read_list(*json, "temporaryExposureKeys", read_key);
  if (!keys) return keys.error();
  request.keys = std::move(*keys);
  read_common(*json, request);
  request.symptom_onset_interval = json->integer("symptomOnsetInterval");
  request.traveler = json->boolean("traveler").value_or(false);
  request.revision_token = json->text("revisionToken").value_or("");
  if (auto read = json->done(); !read) return read.error();
  return request;
}

std::string write_publish_request(const PublishRequest& request, std::string_view padding) {
  JsonWriter json;
  write_list(json, "temporaryExposureKeys", request.keys);
  write_common(json, request);
  if (request.symptom_onset_interval) {
    json.integer("symptomOnsetInterval", *request.symptom_onset_interval);
  }
  return json.boolean("traveler", request.traveler)
      .text("revisionToken", request.revision_token)
      .text("padding", padding)
      .done();
}

std::string write_publish_answer(const PublishAnswer& answer) {
  JsonWriter json;
  json.text_if_any("revisionToken", answer.revision_token)
      .integer("insertedExposures", answer.inserted)
      .text_if_any("error", answer.error)
      .text_if_any("code", answer.code);
  if (!answer.warnings.empty()) json.texts("warnings", answer.warnings);
  return json.done();
}

Result<PublishAnswer> parse_publish_answer(std::string_view body) {
  auto json = JsonReader::parse(body, kMaxApiBody);
  if (!json) return json.error();
  PublishAnswer answer{.revision_token = json->text("revisionToken").value_or(""),
                       .inserted = json->integer("insertedExposures").value_or(0),
                       .error = json->text("error").value_or(""),
                       .code = json->text("code").value_or(""),
                       .warnings = json->texts("warnings").value_or(std::vector<std::string>{})};
  json->ignore_others();
  if (auto read = json->done(); !read) return read.error();
  return answer;
}

UploadedChain uploaded(const engine::PublishedChain& chain) {
  return {.key = to_base64(chain.daily_key),
          .time_start_s = to_ms(chain.start) / 1'000,
          .time_end_s = to_ms(chain.end) / 1'000,
          .max = chain.ids_per_day};
}

Result<PublishChainsRequest> parse_publish_chains_request(std::string_view body) {
  auto json = JsonReader::parse(body, kMaxApiBody);
  if (!json) return json.error();
  PublishChainsRequest request;
  auto entries = read_list(*json, "entries", read_chain);
  if (!entries) return entries.error();
  request.entries = std::move(*entries);
  read_common(*json, request);
  if (auto read = json->done(); !read) return read.error();
  return request;
}

std::string write_publish_chains_request(const PublishChainsRequest& request,
                                         std::string_view padding) {
  JsonWriter json;
  write_list(json, "entries", request.entries);
  write_common(json, request);
  return json.text("padding", padding).done();
}

}  // namespace bz::wire
