// A letter by e-mail (RFC 5322, MIME: RFC 2045 to 2047, 2231), read from anybody's bytes and
// written, by GMime.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "papers/authentication.h"

namespace bz::papers {

inline constexpr std::size_t kMostMailBytes = 25'000'000;  // as it travels
inline constexpr std::size_t kMostAttachments = 100;

struct Attachment {
  std::string name = {};  // without folders or control characters, at most 255 bytes; may be empty
  std::string media_type = {};  // "text/csv", lower case
  Bytes content = {};

  bool operator==(const Attachment&) const = default;
};

struct Mail {
  std::string from = {};        // the address alone, lower case: "a@b.vn"; a claim, not a proof
  std::string subject = {};     // may be empty
  std::string message_id = {};  // without <>; may be empty
  std::optional<Instant> dated = {};  // what the sender's program says; nothing when it is no date
  std::string text = {};  // of the text/plain parts, LF at line ends; empty when all is HTML
  std::vector<Attachment> attachments = {};  // in their order, those of letters inside it too
  // What mail servers say of its sender, topmost first, as it stands there. "Name :", with a blank
  // before the colon, is none of theirs: mail servers write none, and may not drop what came so.
  std::vector<StatedResults> authentication_results = {};
  // No person waits for an answer: Auto-Submitted other than "no", Precedence bulk, list or junk,
  // an empty Return-Path, or a multipart/report. Such a letter is never answered (RFC 3834).
  bool is_automatic = false;
};

// All text comes out as UTF-8. kMalformed, in a sentence that holds nothing of the letter, when it
// has not exactly one sender's address, is over a bound above, is nested more than 20 deep, or has
// headers of over 256 kB together, 64 kB or 500 colons in one, 100
// boundaries, or 10,000 lines that begin with "--".
Result<Mail> read_mail(ByteView message);

struct MailToSend {
  std::string from = {};  // address alone
  std::string from_name = {};
  std::vector<std::string> to = {};  // addresses alone, 1 to 100
  std::string subject = {};
  std::string message_id = {};  // without <>: "…@…"; the same letter sent again keeps it
  Instant dated{};              // written as local time of Vietnam, +0700
  std::string text = {};        // UTF-8
  std::vector<Attachment> attachments = {};
  std::string auto_submitted = {};  // of a program's letter: "auto-generated", "auto-replied"
};

// The bytes to send: the same for the same letter, lines ended by CR LF, nothing but ASCII.
// kInvalid when an address, the id or auto_submitted is none, a name or the subject has a line end
// in it, or text is not UTF-8.
Result<Bytes> write_mail(const MailToSend& mail);

}  // namespace bz::papers
