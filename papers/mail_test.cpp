#include "papers/mail.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/date.h"
#include "base/utf8.h"
#include "papers/says.h"

namespace bz::papers {
namespace {

Mail read(const std::string& text) {
  const auto mail = read_mail(as_bytes(text));
  EXPECT_TRUE(mail) << mail.error().what;
  return mail ? *mail : Mail{};
}

std::string complaint(const std::string& text) {
  const auto mail = read_mail(as_bytes(text));
  if (mail) return "read";
  EXPECT_EQ(mail.error().code, Code::kMalformed);
  return two_languages(mail.error()).english;
}

const std::string kFrom = "From: Kho <Kho@Example.VN>\r\n";

TEST(Mail, SenderSubjectDateIdAndTextAreRead) {
  const auto mail = read(kFrom +
                         "To: ioc@example.vn\r\n"
                         "Subject: =?UTF-8?B?QsOhbyBjw6Fv?= =?utf-8?q?_ng=C3=A0y?= 25/8\r\n"
                         "Date: Tue, 25 Aug 2020 15:58:00 +0700\r\n"
                         "Message-ID: <a1@example.vn>\r\n"
                         "Content-Type: text/plain; charset=utf-8\r\n"
                         "\r\n"
                         "Số liệu đính kèm.\r\n"
                         "Trân trọng.\r\n");
  EXPECT_EQ(mail.from, "kho@example.vn");
  EXPECT_EQ(mail.subject, "Báo cáo ngày 25/8");
  EXPECT_EQ(mail.message_id, "a1@example.vn");
  ASSERT_TRUE(mail.dated);
  EXPECT_EQ(to_ms(*mail.dated), 1'598'345'880'000);  // 15:58 in Vietnam is 08:58 UTC
  EXPECT_EQ(mail.text, "Số liệu đính kèm.\nTrân trọng.\n");
  EXPECT_TRUE(mail.attachments.empty());
}

TEST(Mail, AttachmentsAreReadWhateverTheyAreNamedAndPackedBy) {
  const auto mail =
      read(kFrom +
           "Content-Type: multipart/mixed; boundary=x\r\n\r\n"
           "--x\r\nContent-Type: text/plain\r\n\r\nxem tep\r\n"
           "--x\r\nContent-Type: TEXT/CSV\r\n"
           "Content-Disposition: attachment; filename*=UTF-8''B%C3%A1o%20c%C3%A1o.csv\r\n"
           "Content-Transfer-Encoding: base64\r\n\r\nYSxiCjEsMgo=\r\n"
           "--x\r\nContent-Type: application/octet-stream; name=\"=?utf-8?q?S=E1=BB=91.xlsx?=\"\r\n"
           "Content-Transfer-Encoding: quoted-printable\r\n\r\nP=4B=00=\r\nz\r\n"
           "--x\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n"
           "--x--\r\n");
  EXPECT_EQ(mail.text, "xem tep");
  ASSERT_EQ(mail.attachments.size(), 3U);
  EXPECT_EQ(mail.attachments[0],
            (Attachment{"Báo cáo.csv", "text/csv", {'a', ',', 'b', '\n', '1', ',', '2', '\n'}}));
  EXPECT_EQ(mail.attachments[1],
            (Attachment{"Số.xlsx", "application/octet-stream", {'P', 'K', 0, 'z'}}));
  EXPECT_EQ(mail.attachments[2].name, "");
  EXPECT_EQ(mail.attachments[2].media_type, "image/png");
}

TEST(Mail, AnAttachmentsNameCannotLeadAnywhere) {
  const auto name = [](const std::string& written) {
    const auto mail = read(
        kFrom + "Content-Type: text/csv\r\nContent-Disposition: attachment; filename*=UTF-8''" +
        written + "\r\n\r\na");
    return mail.attachments.empty() ? "none" : mail.attachments[0].name;
  };
  EXPECT_EQ(name("..%2F..%2Fetc%2Fpasswd"), "passwd");
  EXPECT_EQ(name("C%3A%5Ctemp%5Ca.csv"), "a.csv");
  EXPECT_EQ(name("a%0D%0Ab.csv"), "ab.csv");
  // 300 letters of two bytes and ".csv": the end of it, in whole letters.
  std::string longer;
  for (int i = 0; i < 300; ++i) longer += "%C4%91";
  const auto kept = name(longer + ".csv");
  EXPECT_EQ(kept.size(), 254U);
  EXPECT_TRUE(kept.ends_with("đ.csv"));
}

TEST(Mail, OfAForwardedLetterTheAttachmentsAreReadAndTheForwarderIsTheSender) {
  const auto mail =
      read(kFrom +
           "Content-Type: multipart/mixed; boundary=x\r\n\r\n"
           "--x\r\nContent-Type: text/plain\r\n\r\nchuyen tiep\r\n"
           "--x\r\nContent-Type: message/rfc822\r\n\r\n"
           "From: other@example.vn\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n"
           "--y\r\nContent-Type: text/plain\r\n\r\nthu goc\r\n"
           "--y\r\nContent-Type: text/csv; name=a.csv\r\n\r\na,b\r\n"
           "--y--\r\n--x--\r\n");
  EXPECT_EQ(mail.from, "kho@example.vn");
  EXPECT_EQ(mail.text, "chuyen tiep");
  ASSERT_EQ(mail.attachments.size(), 1U);
  EXPECT_EQ(mail.attachments[0].name, "a.csv");
}

TEST(Mail, HtmlIsNotReadWhereThereIsText) {
  const auto mail = read(kFrom +
                         "Content-Type: multipart/alternative; boundary=x\r\n\r\n"
                         "--x\r\nContent-Type: text/plain\r\n\r\nchu\r\n"
                         "--x\r\nContent-Type: text/html\r\n\r\n<p>chu</p>\r\n--x--\r\n");
  EXPECT_EQ(mail.text, "chu");
  EXPECT_TRUE(mail.attachments.empty());
}

TEST(Mail, OldCharactersBecomeUtf8) {
  EXPECT_EQ(read(kFrom + "Content-Type: text/plain; charset=iso-8859-1\r\n\r\nT\xEAn").text, "Tên");
  // No charset at all, and bytes that are none: still text.
  const auto mail = read(kFrom + "Subject: \xFF\xFE\r\n\r\n\xC3\x28");
  EXPECT_TRUE(is_utf8(mail.text));
  EXPECT_TRUE(mail.text.ends_with('('));
  EXPECT_TRUE(is_utf8(mail.subject));
}

TEST(Mail, ALetterHasExactlyOneSender) {
  const std::string say =
      "The letter has not exactly one sender's address: send it again from one mailbox.";
  EXPECT_EQ(complaint(""), say);
  EXPECT_EQ(complaint("To: a@b.vn\r\n\r\nx"), say);
  EXPECT_EQ(complaint("From: a@b.vn, c@d.vn\r\n\r\nx"), say);
  EXPECT_EQ(complaint("From: a@b.vn\r\nFrom: c@d.vn\r\n\r\nx"), say);
  EXPECT_EQ(complaint("From: nobody\r\n\r\nx"), say);
  EXPECT_EQ(complaint("From: undisclosed:;\r\n\r\nx"), say);
  EXPECT_EQ(complaint("From: \"a b\"@c.vn\r\n\r\nx"), say);
  EXPECT_EQ(complaint("From: a@b.vn\r\n\r\nx"), "read");
}

TEST(Mail, ADateThatIsNoneIsNone) {
  EXPECT_FALSE(read(kFrom + "\r\nx").dated);
  EXPECT_FALSE(read(kFrom + "Date: hom nay\r\n\r\nx").dated);
}

TEST(Mail, WhatServersSayOfItsSenderIsReadTopmostFirst) {
  const auto mail = read("Authentication-Results: a.example;\r\n dmarc=pass\r\n" + kFrom +
                         "authentication-results: b.example; none\r\n\r\nx");
  ASSERT_EQ(mail.authentication_results.size(), 2U);
  EXPECT_NE(mail.authentication_results[0].text.find("a.example;"), std::string::npos);
  EXPECT_NE(mail.authentication_results[0].text.find("dmarc=pass"), std::string::npos);
  EXPECT_NE(mail.authentication_results[1].text.find("b.example"), std::string::npos);
  EXPECT_FALSE(mail.authentication_results[0].is_next);
  EXPECT_FALSE(mail.authentication_results[1].is_next);  // From stands between
  const auto together = read("Authentication-Results: a; none\r\nAuthentication-Results:\r\n b; " +
                             ("none\r\n" + kFrom) + "\r\nx");
  ASSERT_EQ(together.authentication_results.size(), 2U);
  EXPECT_TRUE(together.authentication_results[1].is_next);
  // Those of a letter inside it are not its own.
  EXPECT_TRUE(read(kFrom + "Content-Type: message/rfc822\r\n\r\nAuthentication-Results: a.example; "
                           "dmarc=pass\r\nFrom: c@d.vn\r\n\r\nx")
                  .authentication_results.empty());
}

// A mail server's rule against such headers may not match these; GMime reads them all the same.
TEST(Mail, AHeaderWithABlankBeforeItsColonIsNoMailServersWord) {
  for (const auto* blank : {" ", "\t", "  \t "}) {
    const auto header =
        "Authentication-Results" + std::string(blank) + ": a.example; dmarc=pass\r\n";
    EXPECT_TRUE(read(header + kFrom + "\r\nx").authentication_results.empty()) << blank;
    const auto both = read("Authentication-Results: a.example; spf=pass\r\n" + header +
                           "Authentication-Results: a.example; none\r\n" + kFrom + "\r\nx");
    ASSERT_EQ(both.authentication_results.size(), 2U);
    EXPECT_FALSE(both.authentication_results[1].is_next);
  }
  // Also where a station or a mailbox's line stands above it.
  EXPECT_EQ(read("Received: x\r\nAuthentication-Results: a; none\r\n" + kFrom + "\r\nx")
                .authentication_results.size(),
            1U);
}

TEST(Mail, ALetterForWhichNobodyWaitsIsTold) {
  const auto is_automatic = [](const std::string& headers) {
    return read(kFrom + headers + "\r\nx").is_automatic;
  };
  EXPECT_FALSE(is_automatic(""));
  EXPECT_FALSE(is_automatic("Auto-Submitted: no\r\n"));
  EXPECT_FALSE(is_automatic("Auto-Submitted: No (a person)\r\nPrecedence: first-class\r\n"));
  EXPECT_FALSE(is_automatic("Return-Path: <kho@example.vn>\r\n"));
  EXPECT_TRUE(is_automatic("Auto-Submitted: auto-replied\r\n"));
  EXPECT_TRUE(is_automatic("AUTO-SUBMITTED: Auto-Generated; x=y\r\n"));
  for (const auto* word : {"bulk", "List", "junk"})
    EXPECT_TRUE(is_automatic("Precedence: " + std::string(word) + "\r\n")) << word;
  EXPECT_TRUE(is_automatic("Return-Path: <>\r\n"));
  EXPECT_TRUE(is_automatic("Content-Type: multipart/report; boundary=x\r\n"));
}

TEST(Mail, AProgramsLetterSaysSo) {
  MailToSend mail;
  mail.from = "kho@example.vn";
  mail.to = {"a@example.vn"};
  mail.message_id = "1@example.vn";
  mail.auto_submitted = "auto-replied";
  const auto bytes = write_mail(mail);
  ASSERT_TRUE(bytes) << bytes.error().what;
  EXPECT_NE(as_text(*bytes).find("\r\nAuto-Submitted: auto-replied\r\n"), std::string_view::npos);
  EXPECT_TRUE(read_mail(*bytes)->is_automatic);
  mail.auto_submitted = "auto-replied\r\nX: y";
  EXPECT_FALSE(write_mail(mail));
}

TEST(Mail, NestingPartsAndSizeHaveBounds) {
  const auto nested = [](int depth) {
    std::string text = kFrom;
    for (int i = 0; i < depth; ++i) {
      const auto mark = "b" + std::to_string(i);
      text += "Content-Type: multipart/mixed; boundary=" + mark + "\r\n\r\n--" + mark + "\r\n";
    }
    return text + "Content-Type: text/plain\r\n\r\nx";
  };
  const std::string say =
      "The letter has too many parts inside each other: send it again with nothing but the report "
      "attached.";
  EXPECT_EQ(complaint(nested(19)), "read");
  EXPECT_EQ(complaint(nested(20)), say);
  EXPECT_EQ(complaint(nested(100)), say);
  const std::string headers =
      "The letter's headers are too long or its parts too many: send it again with nothing but "
      "the report attached.";
  EXPECT_EQ(complaint(kFrom + "Subject: " + std::string(300'000, 'a') + "\r\n\r\nx"), headers);
  std::string folded = kFrom + "Subject: a\r\n";
  while (folded.size() < 300'000) folded += " =?utf-8?q?a?=\r\n";
  EXPECT_EQ(complaint(folded + "\r\nx"), headers);
  EXPECT_EQ(complaint(kFrom + "\r\n" + std::string(300'000, 'a')), "read");
  EXPECT_EQ(complaint(nested(101)), headers);
  std::string groups;
  for (int i = 0; i < 25'000; ++i) groups += "a:";
  EXPECT_EQ(complaint("From: " + groups), headers);
  EXPECT_EQ(complaint(kFrom + "To : " + groups), headers);
  EXPECT_EQ(complaint(kFrom + "To:\r\n\t" + groups), headers);
  std::string letters = kFrom;
  for (int i = 0; i < 2'000; ++i) letters += "Content-Type: message/rfc822\r\n\r\nSubject: a\r\n";
  EXPECT_EQ(complaint(letters), say);

  const auto with_parts = [](int count) {
    std::string text = kFrom + "Content-Type: multipart/mixed; boundary=x\r\n\r\n";
    for (int i = 0; i < count; ++i) text += "--x\r\nContent-Type: image/png\r\n\r\na\r\n";
    return text + "--x--\r\n";
  };
  EXPECT_EQ(read(with_parts(100)).attachments.size(), 100U);
  EXPECT_EQ(complaint(with_parts(101)),
            "The letter has over 100 attachments: send it again with nothing but the report "
            "attached.");
  EXPECT_EQ(complaint(with_parts(10'001)), headers);
  EXPECT_EQ(complaint(kFrom + "\r\n" + std::string(25'000'000, 'a')),
            "The letter is over 25 MB: send it again with nothing but the report attached.");
}

MailToSend some_mail() {
  MailToSend mail;
  mail.from = "ioc@example.vn";
  mail.from_name = "Trung tâm điều hành thông minh";
  mail.to = {"a@example.vn", "b@example.vn"};
  mail.subject = "Nhắc báo cáo hàng ngày trước 16h00, Biểu mẫu số 1, ngày 25 tháng 8 năm 2020";
  mail.message_id = "due-7.1@example.vn";
  mail.dated = Instant{*day_from_text("2020-08-25")} + std::chrono::hours{1};
  mail.text = "Dòng một\r\nDòng hai, " + std::string(2'000, 'a') + "\n.\nFrom đây\n=\n";
  mail.attachments = {{"Biểu mẫu số 1, ngày 25.8.2020 của các huyện.xlsx",
                       "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                       {0, 1, 2, 0xFF, '\r', '\n', '\n'}},
                      {"", "application/pdf", {}}};
  return mail;
}

TEST(Mail, ALetterWrittenIsReadAsTheSame) {
  const auto mail = some_mail();
  const auto bytes = write_mail(mail);
  ASSERT_TRUE(bytes) << bytes.error().what;
  const auto again = read_mail(*bytes);
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(again->from, mail.from);
  EXPECT_EQ(again->subject, mail.subject);
  EXPECT_EQ(again->message_id, mail.message_id);
  EXPECT_EQ(again->dated, mail.dated);
  EXPECT_EQ(again->text, "Dòng một\nDòng hai, " + std::string(2'000, 'a') + "\n.\nFrom đây\n=\n");
  EXPECT_EQ(again->attachments, mail.attachments);
}

TEST(Mail, ALetterIsWrittenInShortLinesOfAscii) {
  const auto bytes = write_mail(some_mail());
  ASSERT_TRUE(bytes);
  const auto text = as_text(*bytes);
  EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char c) { return c > 0; }));
  std::size_t line = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    ASSERT_FALSE(text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) << "a bare line feed";
    line = text[i] == '\n' ? 0 : line + 1;
    ASSERT_LE(line, 999U);  // with the CR
  }
  EXPECT_NE(text.find("Date: Tue, 25 Aug 2020 08:00:00 +0700\r\n"), std::string_view::npos) << text;
  EXPECT_NE(text.find("MIME-Version: 1.0\r\n"), std::string_view::npos) << text;
}

TEST(Mail, TheSameLetterGivesTheSameBytes) {
  EXPECT_EQ(*write_mail(some_mail()), *write_mail(some_mail()));
}

TEST(Mail, NoHeaderCanBeSlippedIn) {
  const auto refused = [](auto change) {
    auto mail = some_mail();
    change(mail);
    const auto bytes = write_mail(mail);
    return !bytes && bytes.error().code == Code::kInvalid;
  };
  EXPECT_TRUE(refused([](auto& m) { m.subject = "a\r\nBcc: x@y.vn"; }));
  EXPECT_TRUE(refused([](auto& m) { m.from_name = "a\nb"; }));
  EXPECT_TRUE(refused([](auto& m) { m.from = "a@b.vn>\r\nRCPT TO:<c@d.vn"; }));
  EXPECT_TRUE(refused([](auto& m) { m.to = {"a b@c.vn"}; }));
  EXPECT_TRUE(refused([](auto& m) { m.to = {}; }));
  EXPECT_TRUE(refused([](auto& m) { m.to = {"a@b.vn", "@c.vn"}; }));
  EXPECT_TRUE(refused([](auto& m) { m.message_id = "a b@c"; }));
  EXPECT_TRUE(refused([](auto& m) { m.text = "\xFF"; }));
  EXPECT_TRUE(refused([](auto& m) { m.attachments[0].media_type = "text"; }));
  EXPECT_TRUE(refused([](auto& m) { m.attachments[0].media_type = "multipart/mixed"; }));
  EXPECT_TRUE(refused([](auto& m) { m.attachments[0].name = "a\r\nb"; }));
  EXPECT_TRUE(refused([](auto& m) { m.attachments[0].content.resize(20'000'000); }));
  EXPECT_FALSE(refused([](auto& m) { m.subject.clear(); }));
}

}  // namespace
}  // namespace bz::papers
