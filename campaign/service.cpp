#include "campaign/service.h"

#include "campaign/census.h"
#include "campaign/desk.h"
#include "campaign/mailer.h"
#include "campaign/reminders.h"
#include "campaign/retention.h"
#include "campaign/targets.h"
#include "units/import.h"

namespace bz::campaign {
namespace {

class Campaign final : public Service {
 public:
  Campaign(store::Store& store, Settings settings, http::WhoAsks who_asks,
           const Surroundings& surroundings)
      : surroundings_(surroundings),
        settings_(std::move(settings)),
        desk_{store,
              std::move(who_asks),
              surroundings_,
              settings_.asks_for_all,
              settings_.mail_from,
              settings_.is_drill,
              settings_.authserv_id} {
    desk_.link_guesses = &link_guesses_;
    if (!settings_.mail_from.empty())
      mailer_ = std::make_unique<Mailer>(store, settings_.mail, surroundings_);
  }

  void add_routes(http::Router& router) override {
    add_unit_routes(desk_, router);
    add_people_routes(desk_, router);
    add_figure_routes(desk_, router);
    add_figure_entry(desk_, router);
    add_target_routes(desk_, router);
    add_task_routes(desk_, router);
    add_report_routes(desk_, router);
    add_intake_routes(desk_, router);
    add_public_routes(desk_, router);
    add_viewer_routes(desk_, router);
    add_wall_routes(desk_, router);
  }

  // Each of these does nothing where another server was faster.
  Result<void> tick() override {
    const Instant now = desk_.now();
    if (ticked_ && now - *ticked_ < kEvery && now >= *ticked_) return {};
    const auto frozen = desk_.store.write([&](store::Sql& sql) { return freeze_due(sql, now); });
    if (!frozen) return frozen.error();
    const auto reminded = remind(desk_.store, settings_.mail_from, now);
    if (!reminded) return reminded.error();
    if (mailer_) mailer_->wake();
    const auto dropped = desk_.store.write([&](store::Sql& sql) -> Result<Forgotten> {
      if (auto staged = units::drop_staged(sql, now - kImportKept); !staged) return staged.error();
      return forget_letters(sql, now);
    });
    if (!dropped) return dropped.error();
    ticked_ = now;
    return {};
  }

  [[nodiscard]] std::string trouble() const override {
    return mailer_ ? mailer_->trouble() : std::string{};
  }

 private:
  static constexpr std::chrono::seconds kEvery{20};
  // A file that was handed in and that nobody confirmed.
  static constexpr std::chrono::days kImportKept{30};

  Surroundings surroundings_;
  Settings settings_;
  http::RateLimit link_guesses_{{.requests = 30, .window = std::chrono::seconds{60}}};
  Desk desk_;
  std::unique_ptr<Mailer> mailer_;
  std::optional<Instant> ticked_;  // of tick()'s thread
};

}  // namespace

Result<std::unique_ptr<Service>> Service::open(store::Store& store, const Settings& settings,
                                               http::WhoAsks who_asks,
                                               const Surroundings& surroundings) {
  if (auto units = load_first_units(store, surroundings.clock.now()); !units) return units.error();
  return std::unique_ptr<Service>(
      std::make_unique<Campaign>(store, settings, std::move(who_asks), surroundings));
}

}  // namespace bz::campaign
