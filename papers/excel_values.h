// Numbers and dates as Excel stores them: binary fractions, days counted from 1900 or 1904, and
// number formats that say which number is a date (ECMA-376 part 1, 18.8.30 and 18.17.4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bz::papers {

// What a number is shown as.
struct NumberFormat {
  bool day = false;   // has a year, month or day
  bool time = false;  // has hours, minutes or seconds of a day (not "[h]:mm", which is a duration)
  bool percent = false;

  bool operator==(const NumberFormat&) const = default;
};

// One of the formats that are not written in a file: 14 is a day, 10 a percentage. Nothing for the
// numbers from 164 on, which a file gives the code of.
NumberFormat built_in_format(unsigned id);
// "dd/mm/yyyy;@", "0.00%", "[$-42A]dd mmmm yyyy": its part for positive numbers counts.
NumberFormat format_of_code(std::string_view code);

// A stored number, "68400", "6.7800000000000002E-2", as plain decimal with 15 significant digits
// and no zeros at the end: "0.0678". Nothing when it is none, or infinite.
std::optional<std::string> plain_decimal(std::string_view stored);
// The double nearest to a plain decimal as above. Nothing when the text is another, or has more
// than 15 significant digits, so that Excel would change it.
std::optional<double> number_of_decimal(std::string_view decimal);

enum class DaysFrom { k1900, k1904 };

// Local time as Excel shows it under such a format: "2020-08-25", "2020-08-25T16:00:00",
// "16:00:00", rounded to the second. Nothing for what Excel cannot show as a date: negative, after
// 9999, or its 29 February 1900, which never was.
std::optional<std::string> date_text(std::string_view stored, NumberFormat format, DaysFrom from);

struct Serial {
  double days = 0;  // from 1900
  NumberFormat format;
};
// The way back from such a text. Nothing when it is none of the three, or before 1900.
std::optional<Serial> serial_of_date(std::string_view text);

}  // namespace bz::papers
