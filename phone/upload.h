// What a person who fell ill may publish, and the only way to it: they see what would be sent, and
// agree.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/day_key.h"
#include "engine/published_key.h"

namespace bz::phone {

// Day keys that their owner agreed to publish. Only UploadPreview::agreed makes one, and Report
// keeps it until it is sent.
class Upload {
 public:
  [[nodiscard]] const std::vector<engine::DayKey>& keys() const { return keys_; }
  // With which those of them that are published already are changed (phone/revision.h); or empty.
  [[nodiscard]] const std::string& revision_token() const { return revision_token_; }

 private:
  friend class UploadPreview;
  friend class Report;
  explicit Upload(std::vector<engine::DayKey> keys, std::string revision_token = {})
      : keys_(std::move(keys)), revision_token_(std::move(revision_token)) {}
  std::vector<engine::DayKey> keys_;
  std::string revision_token_;
};

// What the screen shows before anything is sent.
class UploadPreview {
 public:
  [[nodiscard]] const std::vector<engine::DayKey>& keys() const { return keys_; }

  // To be called by the person's own action and nothing else.
  [[nodiscard]] Upload agreed() && { return Upload(std::move(keys_)); }

 private:
  friend class Phone;  // which alone knows the person's own keys
  explicit UploadPreview(std::vector<engine::DayKey> keys) : keys_(std::move(keys)) {}
  std::vector<engine::DayKey> keys_;
};

// The same for the chains of the 2020 app's profile, to which their owner agrees by itself, since
// each tells all days of that phone from its start to its end. Only ChainPreview::agreed makes one,
// and ChainReport keeps it until it is sent.
class ChainUpload {
 public:
  [[nodiscard]] const std::vector<engine::PublishedChain>& chains() const { return chains_; }

 private:
  friend class ChainPreview;
  friend class ChainReport;
  explicit ChainUpload(std::vector<engine::PublishedChain> chains) : chains_(std::move(chains)) {}
  std::vector<engine::PublishedChain> chains_;
};

class ChainPreview {
 public:
  [[nodiscard]] const std::vector<engine::PublishedChain>& chains() const { return chains_; }

  // To be called by the person's own action and nothing else.
  [[nodiscard]] ChainUpload agreed() && { return ChainUpload(std::move(chains_)); }

 private:
  friend class Phone;
  explicit ChainPreview(std::vector<engine::PublishedChain> chains) : chains_(std::move(chains)) {}
  std::vector<engine::PublishedChain> chains_;
};

}  // namespace bz::phone
