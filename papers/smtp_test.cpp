#include "papers/smtp.h"

#include <gtest/gtest.h>

#include "base/date.h"
#include "papers/mail_server_test.h"

namespace bz::papers {
namespace {

MailToSend reminder(const std::string& to = "vanthu@example.vn") {
  MailToSend mail;
  mail.from = "ioc@example.vn";
  mail.from_name = "Trung tâm điều hành";
  mail.to = {to};
  mail.subject = "Nhắc báo cáo trước 16h00 ngày 25/8/2020";
  mail.message_id = "due-1.reminder-1@example.vn";
  mail.dated = Instant{*day_from_text("2020-08-25")} + std::chrono::hours{8};
  mail.text =
      "Kính gửi đơn vị,\n.\nCòn 60 phút.\n";  // a line of one dot ends a letter, if not doubled
  mail.attachments = {{"Biểu mẫu số 1.csv", "text/csv", {0xEF, 0xBB, 0xBF, 'a', '\r', '\n'}}};
  return mail;
}

MailServer plain_at(const MailServerHere& here) {
  MailServer server;
  server.url = here.url();
  server.encrypted = false;
  return server;
}

MailServer tls_at(const MailServerHere& here) {
  MailServer server;
  server.url = here.url("localhost");
  server.trusted_certificates = here.certificate();
  server.user = "kho";
  server.password = "mật khẩu";
  return server;
}

#define BZ_MAIL_SERVER(name, kind)               \
  const auto name = MailServerHere::start(kind); \
  ASSERT_TRUE(name) << "these tests need python3-aiosmtpd: apt-get install python3-aiosmtpd"

TEST(Smtp, ALetterArrivesAsItWasWritten) {
  BZ_MAIL_SERVER(here, "plain");
  const auto mail = reminder();
  const auto sent = send_mail(plain_at(*here), mail);
  ASSERT_TRUE(sent) << sent.error().what;
  EXPECT_EQ(here->envelope(1), "ioc@example.vn\nvanthu@example.vn");
  const auto got = read_mail(here->letter(1));
  ASSERT_TRUE(got) << got.error().what;
  EXPECT_EQ(got->from, mail.from);
  EXPECT_EQ(got->subject, mail.subject);
  EXPECT_EQ(got->message_id, mail.message_id);
  EXPECT_EQ(got->dated, mail.dated);
  EXPECT_EQ(got->text, mail.text);
  EXPECT_EQ(got->attachments, mail.attachments);
}

TEST(Smtp, WithEncryptionLoginAndLetterGoOnlyThroughTls) {
  BZ_MAIL_SERVER(here, "tls");
  const auto sent = send_mail(tls_at(*here), reminder());
  ASSERT_TRUE(sent) << sent.error().what;
  EXPECT_FALSE(here->letter(1).empty());
}

TEST(Smtp, AServerWithoutEncryptionGetsNothingWhenItIsWanted) {
  BZ_MAIL_SERVER(here, "plain");
  auto server = plain_at(*here);
  server.encrypted = true;
  const auto sent = send_mail(server, reminder());
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, Code::kUnavailable);
  EXPECT_EQ(sent.error().what, "the mail server offers no encryption (STARTTLS): nothing was sent");
  EXPECT_TRUE(here->letter(1).empty());
}

TEST(Smtp, ACertificateThatIsNotTrustedGetsNothing) {
  BZ_MAIL_SERVER(here, "tls");
  auto server = tls_at(*here);
  server.trusted_certificates.clear();
  const auto sent = send_mail(server, reminder());
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().what,
            "the mail server's TLS certificate is not trusted: check its name and the clock");
  EXPECT_TRUE(here->letter(1).empty());
}

TEST(Smtp, AWrongPasswordIsDenied) {
  BZ_MAIL_SERVER(here, "tls");
  auto server = tls_at(*here);
  server.password = "sai";
  const auto sent = send_mail(server, reminder());
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, Code::kDenied);
  server.user.clear();
  EXPECT_EQ(send_mail(server, reminder()).error().code, Code::kDenied);  // it asks for a login
}

TEST(Smtp, ARecipientWhoIsRefusedIsAnErrorThatDoesNotNameThem) {
  BZ_MAIL_SERVER(here, "plain");
  const auto sent = send_mail(plain_at(*here), reminder("no@example.vn"));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, Code::kInvalid);
  EXPECT_EQ(sent.error().what,
            "the mail server refuses the letter for good (550): check its recipients and size");
  auto both = reminder();
  both.to.emplace_back("no@example.vn");
  EXPECT_FALSE(send_mail(plain_at(*here), both));  // not to the other one alone
  EXPECT_TRUE(here->letter(1).empty());
}

TEST(Smtp, OnlyA250AfterTheLastByteIsAnAcknowledgement) {
  BZ_MAIL_SERVER(here, "plain");
  const auto busy = send_mail(plain_at(*here), reminder("later@example.vn"));
  ASSERT_TRUE(busy) << busy.error().what;
  EXPECT_EQ(*busy, Delivery::kPutOff);
  const auto grey = send_mail(plain_at(*here), reminder("grey@example.vn"));
  ASSERT_TRUE(grey) << grey.error().what;
  EXPECT_EQ(*grey, Delivery::kPutOff);
  EXPECT_EQ(*send_mail(plain_at(*here), reminder()), Delivery::kTaken);
  const auto gone = send_mail(plain_at(*here), reminder("gone@example.vn"));
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, Code::kUnavailable);
}

TEST(Smtp, NobodyListeningIsAnError) {
  MailServer server;
  {
    BZ_MAIL_SERVER(here, "plain");
    server = plain_at(*here);
  }
  const auto sent = send_mail(server, reminder());
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, Code::kUnavailable);
}

TEST(Smtp, UnencryptedMailGoesToThisMachineOnly) {
  MailServer server;
  server.encrypted = false;
  server.url = "smtp://mail.example.vn:25";
  EXPECT_EQ(send_mail(server, reminder()).error().what,
            "mail goes unencrypted only to a server on the same machine: leave encryption on");
  for (const auto* url :
       {"", "http://localhost", "file:///etc/passwd", "smtp://kho:sai@localhost"}) {
    server.url = url;
    EXPECT_EQ(send_mail(server, reminder()).error().code, Code::kInvalid) << url;
  }
}

}  // namespace
}  // namespace bz::papers
