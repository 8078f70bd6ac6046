#include "campaign/measures.h"

#include <algorithm>
#include <array>

namespace bz::campaign {
namespace {

using enum MeasureKind;

constexpr std::array kMeasures{
    Measure{"app_installed", kStock, One::kHandset, true, true, "", "Số máy đã cài Bluezone",
            "Handsets with the app"},
    Measure{"app_installed_sim", kStock, One::kSim, true, true, "",
            "Số SIM ở máy đã cài Bluezone, nhà mạng đếm",
            "SIMs in handsets with the app, as operators count them"},
    Measure{"app_installs", kFlow, One::kHandset, true, false, "", "Số lượt cài mới trong kỳ",
            "New installs in the period"},
    Measure{"installed_with_phone_number", kStock, One::kHandset, true, true, "app_installed",
            "Số máy đã cài và khai số điện thoại",
            "Handsets with the app and a phone number given"},
    Measure{"bluetooth_on", kStock, One::kHandset, true, false, "app_installed",
            "Số máy đã cài và bật Bluetooth", "Handsets with the app and Bluetooth on"},
    Measure{"population", kStock, One::kPerson, true, false, "", "Dân số", "Residents"},
    Measure{"households", kStock, One::kHousehold, true, false, "", "Số hộ", "Households"},
    Measure{"smartphone_users", kStock, One::kPerson, true, false, "",
            "Số người dùng điện thoại thông minh", "Smartphone users"},
    Measure{"smartphone_subscriptions", kStock, One::kSim, true, false, "",
            "Số thuê bao điện thoại thông minh", "Smartphone subscriptions"},
    Measure{"headcount", kStock, One::kPerson, false, false, "",
            "Số cán bộ, công chức, viên chức, người lao động", "Staff"},
    Measure{"smartphone_owners", kStock, One::kPerson, false, false, "headcount",
            "Số người trong cơ quan có điện thoại thông minh", "Staff who own a smartphone"},
    Measure{"relatives_helped", kStock, One::kPerson, false, true, "",
            "Số người thân đã được hướng dẫn cài", "Relatives helped to install"},
};

constexpr std::array kIndicators{
    Indicator{"install_rate.population", "app_installed", "population", "Tỷ lệ cài trên dân số",
              "Installed, of residents", "dân số", "residents"},
    Indicator{"install_rate.smartphone_users", "app_installed", "smartphone_users",
              "Tỷ lệ cài trên số người dùng điện thoại thông minh",
              "Installed, of smartphone users", "số người dùng điện thoại thông minh",
              "smartphone users"},
    Indicator{"install_rate.smartphone_subscriptions", "app_installed_sim",
              "smartphone_subscriptions", "Tỷ lệ SIM đã cài trên số thuê bao điện thoại thông minh",
              "SIMs with the app, of smartphone subscriptions", "số thuê bao điện thoại thông minh",
              "smartphone subscriptions"},
    Indicator{"owners_installed", "app_installed", "smartphone_owners",
              "Tỷ lệ cài trong số người có điện thoại thông minh của cơ quan",
              "Installed, of staff who own a smartphone", "số người có điện thoại thông minh",
              "staff who own a smartphone"},
    Indicator{"owners_bluetooth_on", "bluetooth_on", "smartphone_owners",
              "Tỷ lệ bật Bluetooth trong số người có điện thoại thông minh của cơ quan",
              "Bluetooth on, of staff who own a smartphone", "số người có điện thoại thông minh",
              "staff who own a smartphone"},
};

template <class Table>
auto find(const Table& table, std::string_view code) {
  const auto found = std::ranges::find(table, code, [](const auto& one) { return one.code; });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace

std::span<const Measure> measures() {
  return kMeasures;
}

std::span<const Indicator> indicators() {
  return kIndicators;
}

const Measure* find_measure(std::string_view code) {
  return find(kMeasures, code);
}

const Indicator* find_indicator(std::string_view code) {
  return find(kIndicators, code);
}

std::string_view unit_word(One one) {
  switch (one) {
    case One::kPerson: return "người";
    case One::kHandset: return "máy";
    case One::kSim: return "SIM";
    case One::kHousehold: return "hộ";
  }
  return "";
}

std::string_view unit_word_en(One one) {
  switch (one) {
    case One::kPerson: return "people";
    case One::kHandset: return "handsets";
    case One::kSim: return "SIMs";
    case One::kHousehold: return "households";
  }
  return "";
}

}  // namespace bz::campaign
