export { type Asset, type Program, programs } from './asset.ts';
export { assetCalls, type AssetCalls } from './calls.ts';
export {
  assetsBucketName,
  planStaging,
  stage,
  type StagingPlan,
  templateKey,
  templateUrl,
} from './staging.ts';
