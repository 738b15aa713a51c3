"""Tables of ten products per user and of neighbours per product."""

import numpy as np
import pandas as pd

from peers.shared.recommendations import History, ProductDays, measured_strategies, recommended
from peers.shared.report import Report


def recommend(shop: dict, report: Report) -> pd.DataFrame:
    products, features, dates = shop["products"], shop["features"], dict(shop["dates"][:3])
    product_days = shop["product_days"]
    columns = ["user", "product", "day", "browse_weight", "is_bought"]
    days = ProductDays(
        *(product_days[name].to_numpy() for name in columns),
        user_count=len(shop["user_ids"]),
        product_count=len(products),
    )
    metrics, best = measured_strategies(days, dates)
    today = History(days, dates["scoring"], products["stock_on_hand"].to_numpy(dtype=float, na_value=np.nan))
    users = features.loc[features["split"] == "scoring", "user"].to_numpy()
    recommendations = pd.DataFrame(recommended(today, best, users))
    by_behaviour = pd.DataFrame(today.similar_products()).assign(method="behaviour")
    by_content = [
        pd.DataFrame(today.similar_by_content(members.index.to_numpy(), np.stack(members["embedding"].to_numpy())))
        for _, members in products[products["embedding"].notna()].groupby("category")
    ]
    similar = pd.concat([by_behaviour, *(part.assign(method="content") for part in by_content)], ignore_index=True)

    product_ids, names = products["product_id"].to_numpy(), products["product_name"].to_numpy()
    report.write(
        "user_recommendations",
        recommendations.assign(
            user_id=shop["user_ids"][recommendations["user"]],
            product_id=product_ids[recommendations["product"]],
            product_name=names[recommendations["product"]],
            strategy=best,
        ),
    )
    report.write(
        "similar_products",
        similar.assign(
            product_id=product_ids[similar["product"]], similar_product_id=product_ids[similar["similar_product"]]
        ),
    )
    report.write("recommendation_metrics", pd.DataFrame(metrics))
    report.counts |= {
        "similar products": len(by_behaviour),
        "recommendations": len(recommendations),
        "ndcg@10": next(row["ndcg"] for row in metrics if row["split"] == "test" and row["strategy"] == best),
    }
    return recommendations
