// What the wall asks the server, by the names that its files use.

import { type Answer, type Schema } from '../../client/call';

export type Wall = Answer<'/campaign/v1/wall'>;
export type WallRow = Schema['CampaignWallRow'];
export type TargetStatus = Schema['CampaignTargetStatus'];
export type Deadlines = Answer<'/campaign/v1/wall/deadlines'>;
export type Silent = Schema['CampaignSilent'];
export type Series = Answer<'/campaign/v1/series'>;
export type SeriesDay = Schema['CampaignSeriesDay'];
