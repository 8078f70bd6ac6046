#include <ostream>

#include "base/temp_folder.h"
#include "campaign/bench.h"
#include "campaign/service.h"
#include "store/store.h"
#include "tools/campaign_command.h"

namespace bz::tools {

Result<void> run_campaign_bench(const BenchOptions& options, std::ostream& out) {
  auto folder = TempFolder::make();
  if (!folder) return folder.error();
  auto store = store::Store::open({folder->path(), options.database, campaign::kReaderCacheKib},
                                  "campaign", campaign::migrations());
  if (!store) return store.error();
  campaign::BenchSize size;
  size.days = options.days;
  size.communes = options.communes;
  const auto report =
      campaign::bench(**store, size, [&](std::string_view what) { out << what << std::endl; });
  if (!report) return report.error();
  out << campaign::to_text(*report);
  return {};
}

}  // namespace bz::tools
