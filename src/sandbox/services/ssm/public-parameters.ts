import type { Scope } from '../../kernel/service.ts';
import { imageParameters, publicImageId } from '../ec2/catalogue/images.ts';
import { REGIONS } from '../ec2/catalogue/regions.ts';
