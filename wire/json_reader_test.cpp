#include "wire/json_reader.h"

#include <gtest/gtest.h>

namespace bz::wire {
namespace {

constexpr std::size_t kLimit = 1'000;

JsonReader reader(std::string_view json) {
  auto read = JsonReader::parse(json, kLimit);
  EXPECT_TRUE(read) << json << ": " << read.error().what;
  return std::move(*read);
}

// What parse says of a text that it refuses.
std::string refusal(std::string_view json) {
  const auto read = JsonReader::parse(json, kLimit);
  if (read) return "read";
  EXPECT_EQ(read.error().code, Code::kMalformed);
  return read.error().what;
}

std::string complaint(const JsonReader& json) {
  const auto done = json.done();
  if (done) return "none";
  EXPECT_EQ(done.error().code, Code::kMalformed);
  return done.error().what;
}

// What done() says of member `a` read by `get`.
template <class Get>
std::string complaint_about(std::string_view value, Get get) {
  auto json = reader(R"({"a":)" + std::string(value) + '}');
  get(json);
  return complaint(json);
}

TEST(JsonReader, GivesWhatStandsThere) {
  auto json = reader(R"({"t":"Tr\u00e0 Vinh","i":-7,"n":2.5,"b":true,"l":["x","y"],"x":"AQI"})");
  EXPECT_EQ(json.text("t"), "Trà Vinh");
  EXPECT_EQ(json.integer("i"), -7);
  EXPECT_EQ(json.number("n"), 2.5);
  EXPECT_EQ(json.boolean("b"), true);
  EXPECT_EQ(json.texts("l"), (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(json.base64("x"), (Bytes{1, 2}));
  EXPECT_EQ(complaint(json), "none");
}

TEST(JsonReader, MissingAndNullGiveNothingAndAreNoFault) {
  auto json = reader(R"({"t":null,"i":null})");
  EXPECT_FALSE(json.text("t"));
  EXPECT_FALSE(json.integer("i"));
  EXPECT_FALSE(json.object("o"));
  EXPECT_FALSE(json.objects("l"));
  EXPECT_FALSE(json.base64("x"));
  EXPECT_FALSE(json.has("t"));
  EXPECT_FALSE(json.has("o"));
  EXPECT_EQ(complaint(json), "none");
}

TEST(JsonReader, AnythingButOneObjectIsRefused) {
  EXPECT_EQ(refusal(""), "JSON: the body is empty");
  EXPECT_EQ(refusal(R"({"a":")" + std::string(kLimit, 'x') + R"("})"),
            "JSON: larger than 1000 bytes");
  for (const auto* const text : {" ", "{", "{}{}", "{} x", R"({"a":1,})", R"({a:1})", "{'a':1}",
                                 R"({"a":01})", R"({"a":.5})", R"({"a":NaN})", "// c\n{}"}) {
    EXPECT_NE(refusal(text), "read") << text;
  }
  EXPECT_EQ(refusal("[]"), "JSON: not an object");
  EXPECT_EQ(refusal("7"), "JSON: not an object");
  EXPECT_EQ(refusal("{\"a\":\"\xC3\x28\"}"), "JSON: not UTF-8");
  EXPECT_NE(refusal(R"({"a":"\ud800"})"), "read");  // half of a surrogate pair
  EXPECT_EQ(refusal("\n{ }\t"), "read");
}

TEST(JsonReader, NestingIsBounded) {
  const auto nested = [](std::size_t depth) {
    return R"({"a":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + '}';
  };
  EXPECT_EQ(refusal(nested(15)), "read");
  EXPECT_EQ(refusal(nested(17)), "JSON: nested too deep");
  EXPECT_EQ(refusal(nested(400)), "JSON: nested too deep");
}

TEST(JsonReader, AMemberThatNobodyAskedForIsAFaultAndIsNotRepeated) {
  auto json = reader(R"({"code":"12345678","phone":"0901234567"})");
  EXPECT_EQ(json.text("code"), "12345678");
  EXPECT_EQ(complaint(json), "JSON: a member that is not known here");
  json.ignore("phone");
  EXPECT_EQ(complaint(json), "none");
}

TEST(JsonReader, AnOlderReaderSkipsWhatIsNewer) {
  auto json = reader(R"({"code":7,"newer":{}})");
  json.ignore_others();
  EXPECT_EQ(complaint(json), "none");
  json.text("code");  // a fault stays one
  EXPECT_EQ(complaint(json), "JSON: code is not a text (in quotes, without U+0000)");
}

TEST(JsonReader, AMemberThereTwiceIsAFault) {
  auto same = reader(R"({"a":1,"a":1})");
  EXPECT_TRUE(same.has("a"));
  same.integer("a");
  EXPECT_EQ(complaint(same), "JSON: a stands there twice");
  auto ignored = reader(R"({"padding":"","\u0070adding":""})");  // p, written in two ways
  ignored.ignore("padding");
  EXPECT_EQ(complaint(ignored), "JSON: padding stands there twice");
}

TEST(JsonReader, WholeNumbersAreExact) {
  const auto read = [](std::string_view value) {
    auto json = reader(R"({"a":)" + std::string(value) + '}');
    const auto number = json.integer("a");
    EXPECT_EQ(number.has_value(), complaint(json) == "none") << value;
    return number;
  };
  EXPECT_EQ(read("3.0"), 3);
  EXPECT_EQ(read("-0.0"), 0);
  EXPECT_EQ(read("1e2"), 100);
  EXPECT_EQ(read("9223372036854775807"), INT64_MAX);
  EXPECT_EQ(read("-9223372036854775808"), INT64_MIN);
  EXPECT_EQ(read("9223372036854775808"), std::nullopt);  // 2^63
  EXPECT_EQ(read("9007199254740992.0"), 9'007'199'254'740'992);
  EXPECT_EQ(read("9007199254740994.0"), std::nullopt);  // a double has no odd numbers from here on
  EXPECT_EQ(read("1e300"), std::nullopt);
  EXPECT_EQ(read("3.5"), std::nullopt);
  EXPECT_EQ(read("\"3\""), std::nullopt);
  EXPECT_EQ(read("true"), std::nullopt);
  EXPECT_EQ(refusal(R"({"a":18446744073709551616})"),  // 2^64
            "JSON: a number that is none, or over 64 bits");
}

TEST(JsonReader, AFaultNamesTheMemberAndWhatItShouldBe) {
  EXPECT_EQ(complaint_about("7", [](auto& json) { json.text("a"); }),
            "JSON: a is not a text (in quotes, without U+0000)");
  EXPECT_EQ(complaint_about(R"("x\u0000y")", [](auto& json) { json.text("a"); }),
            "JSON: a is not a text (in quotes, without U+0000)");
  EXPECT_EQ(complaint_about("\"7\"", [](auto& json) { json.integer("a"); }),
            "JSON: a is not a whole number of at most 64 bits");
  EXPECT_EQ(complaint_about("\"7\"", [](auto& json) { json.number("a"); }),
            "JSON: a is not a number");
  EXPECT_EQ(complaint_about("1", [](auto& json) { json.boolean("a"); }),
            "JSON: a is not true or false");
  EXPECT_EQ(complaint_about(R"(["x",1])", [](auto& json) { json.texts("a"); }),
            "JSON: a is not a list of texts");
  EXPECT_EQ(complaint_about("\"-_-_\"", [](auto& json) { json.base64("a"); }),
            "JSON: a is not base64");
  EXPECT_EQ(complaint_about("[]", [](auto& json) { json.object("a"); }),
            "JSON: a is not an object");
  EXPECT_EQ(complaint_about("[{},7]", [](auto& json) { json.objects("a"); }),
            "JSON: a is not a list of objects");
}

TEST(JsonReader, TheFirstFaultIsReported) {
  auto json = reader(R"({"b":1,"a":1,"c":1})");
  json.text("a");
  json.text("b");
  EXPECT_EQ(complaint(json), "JSON: a is not a text (in quotes, without U+0000)");
}

TEST(JsonReader, AnObjectInAListSaysWhereItStands) {
  auto json = reader(R"({"keys":[{"n":1},{"n":"x"},{"m":1}],"o":{"p":1}})");
  auto list = json.objects("keys");
  ASSERT_TRUE(list && list->size() == 3);
  for (auto& entry : *list) entry.integer("n");
  EXPECT_EQ(complaint(list->at(0)), "none");
  EXPECT_EQ(complaint(list->at(1)),
            "JSON: keys, entry 2: n is not a whole number of at most 64 bits");
  EXPECT_EQ(complaint(list->at(2)), "JSON: keys, entry 3: a member that is not known here");
  EXPECT_EQ(complaint(*json.object("o")), "JSON: o: a member that is not known here");
}

TEST(JsonReader, AListIsBounded) {
  auto json = reader(R"({"two":[{},{}],"three":[{},{},{}]})");
  EXPECT_TRUE(json.objects("two", 2));
  EXPECT_EQ(complaint(json), "JSON: a member that is not known here");
  EXPECT_FALSE(json.objects("three", 2));
  EXPECT_EQ(complaint(json), "JSON: three has more than 2 entries");
}

// Two texts at once, as of two requests on one thread, and parts that outlive the whole.
TEST(JsonReader, TextsReadAtOnceDoNotMix) {
  auto first = reader(R"({"a":"first","o":{"b":"inner"}})");
  auto second = reader(R"({"a":"second"})");
  auto inner = first.object("o");
  EXPECT_EQ(first.text("a"), "first");
  EXPECT_EQ(second.text("a"), "second");
  first = reader(R"({"a":"third"})");
  auto fourth = reader(R"({"a":"fourth","o":{"b":"other"}})");
  ASSERT_TRUE(inner);
  EXPECT_EQ(inner->text("b"), "inner");
  EXPECT_EQ(first.text("a"), "third");
}

}  // namespace
}  // namespace bz::wire
