// Sending a letter by a mail server (RFC 5321), by libcurl.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "papers/mail.h"

namespace bz::papers {

struct MailServer {
  std::string url = {};  // smtp://host:port (STARTTLS when asked for), smtps://host:port
  // Nothing, neither password nor letter, goes out before the connection is encrypted and the
  // server's certificate is checked. Off only for a server on the same machine.
  bool encrypted = true;
  std::filesystem::path trusted_certificates = {};  // PEM; empty: the system's
  std::string user = {};                            // empty: no login
  std::string password = {};
  std::chrono::milliseconds timeout{30'000};  // for the whole call
};

// What became of a letter.
enum class Delivery {
  kTaken,   // for every recipient: 250 after its last byte
  kPutOff,  // it asks to come back with this letter later (4xx); others may be taken meanwhile
};

// kUnavailable when the server cannot be reached, breaks off, or is away itself (421, 454). Then,
// and when it is put off, the same call may be made again, with the same message_id, and may
// deliver twice. kDenied when it refuses the login; kInvalid when it refuses for good (5xx), or for
// an address or url that is none. No error holds an address or what the server said.
Result<Delivery> send_mail(const MailServer& server, const MailToSend& mail);

}  // namespace bz::papers
