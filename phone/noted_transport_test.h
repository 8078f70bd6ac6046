// A transport for tests of the phone alone: notes which calls the phone makes, and answers as the
// test says. The real server stands behind the phone in tests/journeys/.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "phone/transport.h"

namespace bz::phone {

class NotedTransport final : public Transport {
 public:
  Result<std::vector<std::string>> export_names() override {
    if (names_fault) return *names_fault;
    return std::vector<std::string>{};
  }
  Result<Bytes> fetch(const std::string& /*name*/) override {
    return Error{Code::kNotFound, "there is none"};
  }
  Result<Bytes> settings() override { return Error{Code::kNotFound, "there are none"}; }
  Result<wire::VerifyAnswer> verify(std::string_view code) override {
    calls.emplace_back("verify");
    if (code != "12345678") return Error{Code::kDenied, "wrong code"};
    return verify_answer;
  }
  Result<std::string> certificate(std::string_view token, const Digest& tekmac) override {
    calls.emplace_back("certificate");
    tokens.emplace_back(token);
    tekmacs.push_back(tekmac);
    if (auto fault = take(certificate_faults)) return *fault;
    if (token == refused_token) return Error{Code::kDenied, "the token has expired"};
    return "certificate " + std::to_string(tekmacs.size());
  }
  Result<wire::PublishAnswer> publish(const Upload& upload, std::string_view certificate,
                                      ByteView secret) override {
    calls.emplace_back("publish");
    sent = upload.keys();
    revision_tokens.push_back(upload.revision_token());
    certificates.emplace_back(certificate);
    secrets.emplace_back(secret.begin(), secret.end());
    if (auto fault = take(publish_faults)) return *fault;
    wire::PublishAnswer answer;
    answer.inserted = static_cast<std::int64_t>(upload.keys().size());
    answer.revision_token = revision_token;
    return answer;
  }
  Result<wire::PublishAnswer> publish_chains(const ChainUpload& upload,
                                             std::string_view certificate,
                                             ByteView secret) override {
    calls.emplace_back("publish");
    sent_chains = upload.chains();
    certificates.emplace_back(certificate);
    secrets.emplace_back(secret.begin(), secret.end());
    if (auto fault = take(publish_faults)) return *fault;
    wire::PublishAnswer answer;
    answer.inserted = static_cast<std::int64_t>(upload.chains().size());
    return answer;
  }
  Result<void> cover(Call call) override {
    calls.emplace_back(call == Call::kVerify        ? "verify"
                       : call == Call::kCertificate ? "certificate"
                                                    : "publish");
    ++covers;
    return {};
  }
  Delivery leave_callback(const wire::SealedCallback& message, bool is_cover) override {
    calls.emplace_back("callback");
    callbacks.push_back(message);
    callback_covers += is_cover ? 1 : 0;
    return delivery;
  }
  Delivery count_install(const Install& install) override {
    calls.emplace_back("install");
    installs.push_back(install);
    if (on_install) on_install();
    return delivery;
  }
  void hang_up() override { calls.emplace_back("|"); }

  wire::VerifyAnswer verify_answer{"confirmed", "2020-08-19", "2020-08-20", "the token", ""};
  std::optional<Error> names_fault;
  // Each fails one call; none is left: the calls succeed.
  std::deque<Error> certificate_faults;
  std::deque<Error> publish_faults;
  std::string refused_token;                // no certificate for it, ever
  std::string revision_token = "Zmlyc3Q=";  // in answers to day keys

  Delivery delivery = Delivery::kTaken;  // of callbacks and installs
  std::function<void()> on_install;      // while the call is under way

  std::vector<wire::SealedCallback> callbacks;
  int callback_covers = 0;
  std::vector<Install> installs;
  std::vector<std::string> calls;  // "|": the connections were closed
  int covers = 0;
  std::vector<std::string> tokens;
  std::vector<Digest> tekmacs;
  std::vector<std::string> certificates;
  std::vector<Bytes> secrets;
  std::vector<std::string> revision_tokens;  // of uploads of day keys
  std::vector<engine::DayKey> sent;
  std::vector<engine::PublishedChain> sent_chains;

 private:
  static std::optional<Error> take(std::deque<Error>& faults) {
    if (faults.empty()) return std::nullopt;
    auto fault = faults.front();
    faults.pop_front();
    return fault;
  }
};

}  // namespace bz::phone
