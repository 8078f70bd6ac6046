// A line of <Tree>.
export interface TreeNode<Self> {
  id: string;
  name: string;
  children?: Self[];
  open?: boolean;
}
